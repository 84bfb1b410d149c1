//! Names of the `arr` namespace: the functions of lists of the same names, of arrays as lists. What has as many values
//! as the array has is an array again.

use std::sync::OnceLock;

use hypostyle_core::{Error, Result};

use super::lists::LISTS;
use super::{Composition, find};
use crate::docs::Docs;
use crate::dsl::call;
use crate::expr::Expr;
use crate::functions::{self, Param};

const NUMBERS: &str = "array[i64, 2] [[3, 1], [null, 2], null]";
const TWINS: &str = "array[i64, 2] [[3, 3], [null, null], null]";
const FLAGS: &str = "array[bool, 2] [[true, null], [false, false], null]";
const TEXTS: &str = r#"array[str, 2] [["a", "b"], ["c", null], null]"#;

/// Entries by their names and those of the functions of lists, with the arguments and the result of an example.
macro_rules! of_lists {
    ($($name:literal => $list:literal $($array:ident)?: [$($arg:expr),+] = $result:literal;)+) => {
        vec![$(Composition {
            name: $name,
            docs: Docs::new(of_list($list).0).example(&[$($arg),+], $result),
            params: of_list($list).1,
            make: |args| of_lists($list, args, !concat!("" $(, stringify!($array))?).is_empty()),
        }),+]
    };
}

/// What a function of lists says of itself, and its parameters.
fn of_list(name: &str) -> (&'static str, &'static [Param]) {
    if let Ok(function) = functions::find(name) {
        return (function.docs().description, function.params());
    }
    let composition = LISTS.iter().find(|c| c.name == name);
    composition.map(|c| (c.docs.description, c.params)).unwrap_or_default()
}

/// A call of a function of lists.
fn of_lists(name: &str, args: Vec<Expr>, as_array: bool) -> Result<Expr> {
    let mut args = args.into_iter();
    let x = args.next().ok_or_else(|| Error::invalid_operation(format!("`{name}` takes an array")))?;
    let lists = std::iter::once(call("arr.to_list", [x.clone()])).chain(args).collect();
    let made = match find(name) {
        Some(composition) => composition.expand(lists)?,
        None => Expr::Function { name: name.into(), args: lists },
    };
    Ok(if as_array { call("arr.of_width", [made, x]) } else { made })
}

/// Every name of the `arr` namespace that is made of others.
pub(super) fn arrays() -> &'static [Composition] {
    static ARRAYS: OnceLock<Vec<Composition>> = OnceLock::new();
    ARRAYS.get_or_init(|| {
        of_lists! {
            "arr.len" => "list.len": [NUMBERS] = "u32 [2, 2, null]";
            "arr.get" => "list.get": [NUMBERS, "0"] = "i64 [3, null, null]";
            "arr.first" => "list.first": [NUMBERS] = "i64 [3, null, null]";
            "arr.last" => "list.last": [NUMBERS] = "i64 [1, 2, null]";
            "arr.sum" => "list.sum": [NUMBERS] = "i64 [4, 2, null]";
            "arr.min" => "list.min": [NUMBERS] = "i64 [1, 2, null]";
            "arr.max" => "list.max": [NUMBERS] = "i64 [3, 2, null]";
            "arr.mean" => "list.mean": [NUMBERS] = "f64 [2.0, 2.0, null]";
            "arr.median" => "list.median": [NUMBERS] = "f64 [2.0, 2.0, null]";
            "arr.std" => "list.std": [NUMBERS] = "f64 [1.4142135623730951, null, null]";
            "arr.var" => "list.var": [NUMBERS] = "f64 [2.0, null, null]";
            "arr.n_unique" => "list.n_unique": [NUMBERS] = "u32 [2, 2, null]";
            "arr.any" => "list.any": [FLAGS] = "bool [true, false, null]";
            "arr.all" => "list.all": [FLAGS] = "bool [true, false, null]";
            "arr.arg_min" => "list.arg_min": [NUMBERS] = "u32 [1, 1, null]";
            "arr.arg_max" => "list.arg_max": [NUMBERS] = "u32 [0, 1, null]";
            "arr.contains" => "list.contains": [NUMBERS, "3"] = "bool [true, false, null]";
            "arr.count_matches" => "list.count_matches": [NUMBERS, "3"] = "u32 [1, 0, null]";
            "arr.join" => "list.join": [TEXTS, r#""-""#] = r#"str ["a-b", "c", null]"#;
            "arr.unique" => "list.unique": [TWINS] = "list[i64] [[3], [null], null]";
            "arr.slice" => "list.slice": [NUMBERS, "0", "1"] = "list[i64] [[3], [null], null]";
            "arr.head" => "list.head": [NUMBERS, "1"] = "list[i64] [[3], [null], null]";
            "arr.tail" => "list.tail": [NUMBERS, "1"] = "list[i64] [[1], [2], null]";
            "arr.to_struct" => "list.to_struct": [NUMBERS, r#""x""#, r#""y""#] = "struct[2] [{3, 1}, {null, 2}, null]";
            "arr.sort" => "list.sort" array: [NUMBERS] = "array[i64, 2] [[1, 3], [null, 2], null]";
            "arr.reverse" => "list.reverse" array: [NUMBERS] = "array[i64, 2] [[1, 3], [2, null], null]";
            "arr.shift" => "list.shift" array: [NUMBERS, "1"] = "array[i64, 2] [[null, 3], [null, null], null]";
        }
    })
}
