//! The eight tables as lazy frames.

use std::path::Path;

use hypostyle::SchemaOverrides;
use hypostyle::prelude::*;

/// Where a query finds its tables, and what it has to know about them.
#[derive(Clone, Debug)]
pub struct Tables {
    /// The scale, on which the threshold of query 11 depends.
    pub scale: f64,
    frames: [LazyFrame; 8],
}

/// Names, each with the columns that inference would get wrong: quantities and prices that may look like integers,
/// and dates, which look like strings.
const TABLES: [(&str, &[(&str, DataType)]); 8] = [
    (
        "lineitem",
        &[
            ("l_quantity", DataType::Float64),
            ("l_extendedprice", DataType::Float64),
            ("l_discount", DataType::Float64),
            ("l_tax", DataType::Float64),
            ("l_shipdate", DataType::Date),
            ("l_commitdate", DataType::Date),
            ("l_receiptdate", DataType::Date),
        ],
    ),
    ("orders", &[("o_totalprice", DataType::Float64), ("o_orderdate", DataType::Date)]),
    ("partsupp", &[("ps_supplycost", DataType::Float64)]),
    ("part", &[("p_retailprice", DataType::Float64)]),
    ("customer", &[("c_acctbal", DataType::Float64)]),
    ("supplier", &[("s_acctbal", DataType::Float64)]),
    ("nation", &[]),
    ("region", &[]),
];

impl Tables {
    /// Scans of the CSV files in a folder.
    pub fn scan(folder: &Path, scale: f64) -> Self {
        let frames = TABLES.map(|(name, types)| {
            let types = types.iter().map(|(column, dtype)| ((*column).to_owned(), dtype.clone())).collect();
            let options = CsvReadOptions {
                schema_overrides: Some(SchemaOverrides::ByName(types)),
                ..CsvReadOptions::default()
            };
            scan_csv(folder.join(format!("{name}.csv")), options)
        });
        Self { scale, frames }
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
        for ((name, _), frame) in TABLES.iter().zip(&self.frames) {
            let path = unfinished.join(format!("{name}.parquet"));
            frame.sink_parquet(path, &ParquetWriteOptions::default(), context)?;
        }
        std::fs::rename(&unfinished, folder).map_err(failed)
    }

    /// Scans of the Parquet files in a folder.
    pub fn scan_parquet(folder: &Path, scale: f64) -> Self {
        let scan = |name| scan_parquet(folder.join(format!("{name}.parquet")), ParquetReadOptions::default());
        Self { scale, frames: TABLES.map(|(name, _)| scan(name)) }
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

tables!(0 lineitem, 1 orders, 2 partsupp, 3 part, 4 customer, 5 supplier, 6 nation, 7 region);
