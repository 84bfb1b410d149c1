//! The eight tables as lazy frames.

use std::path::Path;

use hypostyle::SchemaOverrides;
use hypostyle::prelude::*;

/// Where a query finds its tables, and what it has to know about them.
#[derive(Clone, Debug)]
pub struct Tables {
    /// The scale, on which the threshold of query 11 depends.
    pub scale: f64,
    money: Money,
    frames: [LazyFrame; 8],
}

/// The type of prices and what else has two digits after the point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Money {
    /// `Float64`.
    Float,
    /// `Decimal(15, 2)`, which the specification asks for.
    Decimal,
}

impl Money {
    fn dtype(self) -> DataType {
        match self {
            Self::Float => DataType::Float64,
            Self::Decimal => DataType::Decimal(15, 2),
        }
    }
}

/// Names, each with the columns that inference would get wrong: money and quantities, which may look like integers,
/// and dates, which look like strings.
const TABLES: [(&str, &[&str], &[&str]); 8] = [
    (
        "lineitem",
        &["l_quantity", "l_extendedprice", "l_discount", "l_tax"],
        &["l_shipdate", "l_commitdate", "l_receiptdate"],
    ),
    ("orders", &["o_totalprice"], &["o_orderdate"]),
    ("partsupp", &["ps_supplycost"], &[]),
    ("part", &["p_retailprice"], &[]),
    ("customer", &["c_acctbal"], &[]),
    ("supplier", &["s_acctbal"], &[]),
    ("nation", &[], &[]),
    ("region", &[], &[]),
];

impl Tables {
    /// Scans of the CSV files in a folder.
    pub fn scan(folder: &Path, scale: f64, money: Money) -> Self {
        let frames = TABLES.map(|(name, amounts, dates)| {
            let of = |columns: &[&str], dtype: DataType| {
                columns.iter().map(|column| ((*column).to_owned(), dtype.clone())).collect::<Vec<_>>()
            };
            let types = [of(amounts, money.dtype()), of(dates, DataType::Date)].concat();
            let options = CsvReadOptions {
                schema_overrides: Some(SchemaOverrides::ByName(types)),
                ..CsvReadOptions::default()
            };
            scan_csv(folder.join(format!("{name}.csv")), options)
        });
        Self { scale, money, frames }
    }

    /// Writes the tables as Parquet files into a folder, unless it is there. A folder under its final name is complete.
    ///
    /// # Errors
    /// What reading or writing the files gives.
    pub fn write_parquet(&self, folder: &Path, context: &Context) -> Result<()> {
        if folder.exists() {
            return Ok(());
        }
        let failed = |e| Error::io(folder, e);
        let mut unfinished = folder.as_os_str().to_owned();
        unfinished.push(format!(".unfinished-{}", std::process::id()));
        let unfinished = std::path::PathBuf::from(unfinished);
        std::fs::create_dir_all(&unfinished).map_err(failed)?;
        for ((name, ..), frame) in TABLES.iter().zip(&self.frames) {
            let path = unfinished.join(format!("{name}.parquet"));
            frame.sink_parquet(path, &ParquetWriteOptions::default(), context)?;
        }
        std::fs::rename(&unfinished, folder).map_err(failed)
    }

    /// Scans of the Parquet files in a folder.
    pub fn scan_parquet(folder: &Path, scale: f64, money: Money) -> Self {
        let scan = |name| scan_parquet(folder.join(format!("{name}.parquet")), ParquetReadOptions::default());
        Self { scale, money, frames: TABLES.map(|(name, ..)| scan(name)) }
    }

    /// The same tables, loaded into memory.
    ///
    /// # Errors
    /// What reading the files gives.
    pub fn load(mut self) -> Result<Self> {
        for frame in &mut self.frames {
            *frame = frame.collect()?.lazy();
        }
        Ok(self)
    }
}

impl Tables {
    /// The table `lineitem`. A product of decimals is rounded to the larger scale of the two; the queries multiply
    /// prices, of two digits, with discounts and taxes of two digits each, so that exact products have six.
    pub fn lineitem(&self) -> LazyFrame {
        let lineitem = self.frames[0].clone();
        match self.money {
            Money::Float => lineitem,
            Money::Decimal => lineitem.with_columns([col("l_extendedprice").cast(DataType::Decimal(19, 6))]),
        }
    }
}

macro_rules! tables {
    ($($index:literal $name:ident),+) => {
        impl Tables {
            $(
                #[doc = concat!("The table `", stringify!($name), "`.")]
                pub fn $name(&self) -> LazyFrame {
                    self.frames[$index].clone()
                }
            )+
        }
    };
}

tables!(1 orders, 2 partsupp, 3 part, 4 customer, 5 supplier, 6 nation, 7 region);
