//! The entry of a function: all that anybody may ask about it.

use hypostyle_core::{Column, DataType, Result, Scalar};
use hypostyle_kernels::tiles::{Operand, Operation};

use super::inputs::{Inputs, Ragged};
use super::params::{Param, ParamKind, check_count, positions};
use crate::bound::{BoundExpr, Evaluated, Extent};
use crate::condition::Condition;
use crate::docs::Docs;

/// What a function knows of an argument when the plan is made.
#[derive(Clone, Copy, Debug)]
pub struct Arg<'a> {
    /// Its type; for a dynamic literal the type it has alone.
    pub dtype: &'a DataType,
    /// Whether it is a literal that takes the type of its surroundings.
    pub dynamic: bool,
    /// Its value, if it is a constant.
    pub literal: Option<&'a Scalar>,
    /// Whether it is one value that broadcasts.
    pub scalar: bool,
}

impl Arg<'_> {
    /// Whether it is a literal string.
    pub(crate) fn is_literal_text(&self) -> bool {
        *self.dtype == DataType::String && self.literal.is_some()
    }
}

/// The types a function asks for and the type it gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The type that each argument is cast to.
    pub args: Vec<DataType>,
    /// The type of the result.
    pub output: DataType,
}

impl Signature {
    /// Arguments as they are.
    pub fn keep(args: &[Arg<'_>], output: DataType) -> Self {
        Self { args: args.iter().map(|a| a.dtype.clone()).collect(), output }
    }

    /// Every argument cast to one type, which is also the result's.
    pub fn all(args: &[Arg<'_>], dtype: DataType) -> Self {
        Self { args: vec![dtype.clone(); args.len()], output: dtype }
    }

    /// The same with argument `i`, where it is given, cast to a type.
    pub fn with(mut self, i: usize, dtype: DataType) -> Self {
        if let Some(arg) = self.args.get_mut(i) {
            *arg = dtype;
        }
        self
    }
}

/// How a function finds its types, from its name (for messages) and its arguments, options among them.
pub(super) type Types = fn(&str, &[Arg<'_>]) -> Result<Signature>;

/// How a function computes its values, as one column.
pub(super) type Run = fn(&Inputs<'_>) -> Result<Column>;

/// Which rows a result depends on, and how many values there are.
#[derive(Clone, Copy, Debug)]
pub(super) enum Work {
    /// A value for each row, from that row alone.
    ByRow(Run),
    /// A value for each row, from the rows of its [segment](Inputs::segments).
    BySegment(Run),
    /// Any number of values for each segment.
    Ragged(fn(&Inputs<'_>) -> Result<Ragged>),
}

/// What the result is where the first argument is null.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfNull {
    /// Not known.
    Unknown,
    /// Null.
    Null,
    /// Null, unless the option of this name is true.
    NullUnless(&'static str),
    /// false
    False,
}

/// What part of rows a boolean function is expected to be true for, where nothing else is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Selectivity {
    /// This part of all rows.
    Part(f64),
    /// The rows for which the argument is not true.
    Complement,
}

/// What computing a value costs, compared with reading it back from memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cost {
    /// Less or about as much: arithmetic, comparisons, parts of dates.
    Low,
    /// More: strings are searched or made.
    High,
}

/// The conditions on the first argument that hold where the function is true, from its other arguments.
pub(super) type Conditions = fn(&[BoundExpr]) -> Option<Vec<Condition>>;

/// A function that is no aggregate. Made as a `const` by `Function::new`, in the file of its subject.
#[derive(Debug)]
pub struct Function {
    name: &'static str,
    docs: Docs,
    params: &'static [Param],
    types: Types,
    work: Work,
    infallible: bool,
    of_null: OfNull,
    selectivity: Selectivity,
    cost: Cost,
    conditions: Option<Conditions>,
    tile: Option<fn(Operand) -> Operation>,
}

impl Function {
    /// A function that works row by row. Arguments of `run` have the types that `types` asked for.
    pub(super) const fn new(name: &'static str, params: &'static [Param], types: Types, run: Run) -> Self {
        Self::of(name, params, types, Work::ByRow(run))
    }

    /// A function that gives a value for each row, from all rows of its segment.
    pub(super) const fn by_segment(
        name: &'static str,
        params: &'static [Param],
        types: Types,
        run: Run,
    ) -> Self {
        Self::of(name, params, types, Work::BySegment(run))
    }

    /// A function that gives any number of values for a segment.
    pub(super) const fn ragged(
        name: &'static str,
        params: &'static [Param],
        types: Types,
        run: fn(&Inputs<'_>) -> Result<Ragged>,
    ) -> Self {
        Self::of(name, params, types, Work::Ragged(run))
    }

    const fn of(name: &'static str, params: &'static [Param], types: Types, work: Work) -> Self {
        Self {
            name,
            docs: Docs::new(""),
            params,
            types,
            work,
            infallible: false,
            of_null: OfNull::Unknown,
            selectivity: Selectivity::Part(0.5),
            cost: Cost::Low,
            conditions: None,
            tile: None,
        }
    }

    /// The same, with a sentence that says what it gives.
    pub(super) const fn doc(mut self, doc: &'static str) -> Self {
        self.docs.description = doc;
        self
    }

    /// The same with the names under which SQL calls it with the same arguments.
    pub(super) const fn sql(mut self, names: &'static [&'static str]) -> Self {
        self.docs = self.docs.sql(names);
        self
    }

    /// The same with an [example](crate::docs::Example): arguments and result.
    pub(super) const fn example(mut self, args: &'static [&'static str], result: &'static str) -> Self {
        self.docs = self.docs.example(args, result);
        self
    }

    /// The same, giving a result for any row once its types are right: filters may then ask it in any order.
    pub(super) const fn infallible(mut self) -> Self {
        self.infallible = true;
        self
    }

    /// The same, with a known result where the first argument is null.
    pub(super) const fn of_null(mut self, of_null: OfNull) -> Self {
        self.of_null = of_null;
        self
    }

    /// The same, true for this part of rows where nothing else is known.
    pub(super) const fn selects(mut self, selectivity: Selectivity) -> Self {
        self.selectivity = selectivity;
        self
    }

    /// The same at a high cost.
    pub(super) const fn costly(mut self) -> Self {
        self.cost = Cost::High;
        self
    }

    /// The same, implying conditions that statistics of the first argument can answer.
    pub(super) const fn implies(mut self, conditions: Conditions) -> Self {
        self.conditions = Some(conditions);
        self
    }

    /// The same, which tiles of one boolean argument can compute by an operation.
    pub(super) const fn tiled(mut self, operation: fn(Operand) -> Operation) -> Self {
        self.tile = Some(operation);
        self
    }

    /// The name in the catalog: `abs`, `str.contains`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What people read of it.
    pub fn docs(&self) -> &Docs {
        &self.docs
    }

    /// The parameters, in order.
    pub fn params(&self) -> &'static [Param] {
        self.params
    }

    /// Which rows a result depends on.
    pub fn extent(&self) -> Extent {
        match self.work {
            Work::ByRow(_) => Extent::Row,
            Work::BySegment(_) => Extent::Whole,
            Work::Ragged(_) => Extent::Free,
        }
    }

    /// Whether it reads any number of arguments as one set.
    pub fn is_variadic(&self) -> bool {
        self.params.first().is_some_and(|param| param.kind == ParamKind::Columns)
    }

    /// Whether no row can make it fail.
    pub fn is_infallible(&self) -> bool {
        self.infallible
    }

    /// What it gives where the first argument is null.
    pub fn result_of_null(&self) -> OfNull {
        self.of_null
    }

    /// What part of rows it is true for.
    pub fn selectivity(&self) -> Selectivity {
        self.selectivity
    }

    /// What a value costs.
    pub fn cost(&self) -> Cost {
        self.cost
    }

    /// The conditions that hold on the first argument where this is true of the arguments.
    pub(crate) fn conditions(&self, args: &[BoundExpr]) -> Option<Vec<Condition>> {
        self.conditions.and_then(|conditions| conditions(args))
    }

    /// The tile operation that it is.
    pub(crate) fn tile(&self) -> Option<fn(Operand) -> Operation> {
        self.tile
    }

    /// The parameter of each of `given` arguments.
    pub fn params_of(&self, given: usize) -> impl Iterator<Item = &'static Param> {
        positions(self.params, given).map(|position| &self.params[position])
    }

    /// Whether a number of arguments fits.
    pub(crate) fn check_count(&self, given: usize) -> Result<()> {
        check_count(self.name, self.params, given)
    }

    /// The types for these arguments, or why they do not fit. Options are among them, those left out too.
    pub fn signature(&self, args: &[Arg<'_>]) -> Result<Signature> {
        (self.types)(self.name, args)
    }

    /// The values of each segment. Arguments have the types of the signature; each has `len` rows, or is a scalar or has
    /// one value for each segment where its parameter takes one.
    pub(super) fn evaluate_segments(
        &self,
        args: &[Evaluated],
        output: &DataType,
        len: usize,
        starts: &[u32],
    ) -> Result<Ragged> {
        self.evaluate_frame(args, output, len, Some(starts), starts.len().saturating_sub(1), &[])
    }

    /// The values of each of so many segments, which start at `starts` (none where all rows are one). `own_starts` has
    /// the same of arguments with values of their own.
    pub(crate) fn evaluate_frame(
        &self,
        args: &[Evaluated],
        output: &DataType,
        len: usize,
        starts: Option<&[u32]>,
        segment_count: usize,
        own_starts: &[Option<Vec<u32>>],
    ) -> Result<Ragged> {
        let inputs = Inputs { name: self.name, args, output, len, starts, segment_count, own_starts };
        match self.work {
            Work::ByRow(run) | Work::BySegment(run) => Ok(Ragged {
                values: run(&inputs)?,
                starts: starts.map_or_else(|| vec![0, len as u32], <[u32]>::to_vec),
            }),
            Work::Ragged(run) => run(&inputs),
        }
    }

    /// The result for rows. Arguments have the types of the signature; each has `len` rows or is a scalar.
    pub(crate) fn evaluate(&self, args: &[Evaluated], output: &DataType, len: usize) -> Result<Column> {
        let inputs = Inputs::of_rows(self.name, args, output, len);
        match self.work {
            Work::ByRow(run) | Work::BySegment(run) => run(&inputs),
            Work::Ragged(run) => Ok(run(&inputs)?.values),
        }
    }
}
