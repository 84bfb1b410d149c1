//! Files that are not local: `s3://`, `gs://`, `az://` and their kin, `http://` and `https://`. They are read by
//! ranges.
//!
//! The network is the cargo feature `cloud`; without it a URL is an error that says so. Nothing is written.

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

#[cfg(not(feature = "cloud"))]
pub(crate) use self::absent::RemoteFile;
#[cfg(feature = "cloud")]
pub(crate) use self::network::RemoteFile;

#[cfg(feature = "cloud")]
mod network;

/// Names and values that say how a store is reached: `aws_region`, `aws_endpoint_url`, `google_service_account` and so
/// on, as the crate `object_store` knows them. What is not named is looked up in the environment, under the same names
/// in capitals. Values may be secrets, and are not shown.
#[derive(Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct StorageOptions(pub Vec<(String, String)>);

impl fmt::Debug for StorageOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Options that differ look different, since sources are told apart by what this gives.
        let mut hasher = DefaultHasher::new();
        self.hash(&mut hasher);
        let names = self.0.iter().map(|(name, _)| name);
        f.debug_list().entries(names).entry(&format_args!("{:016x}", hasher.finish())).finish()
    }
}

/// A file that is not local.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RemoteUrl {
    /// The whole URL.
    pub url: PathBuf,
    /// How its store is reached.
    pub storage: StorageOptions,
}

const SCHEMES: [&str; 11] =
    ["s3", "s3a", "gs", "gcs", "az", "azure", "adl", "abfs", "abfss", "http", "https"];

/// Whether a path is a URL of one of the schemes.
pub(crate) fn is_url(path: &Path) -> bool {
    scheme(path).is_some()
}

/// The scheme of a URL.
pub(crate) fn scheme(path: &Path) -> Option<&str> {
    let (scheme, _) = path.to_str()?.split_once("://")?;
    SCHEMES.contains(&scheme).then_some(scheme)
}

#[cfg(not(feature = "cloud"))]
mod absent {
    use std::io;
    use std::path::PathBuf;

    use hypostyle_core::{Error, Result};

    use super::RemoteUrl;

    /// There is none.
    #[derive(Debug)]
    pub(crate) enum RemoteFile {}

    impl RemoteFile {
        pub(crate) fn open(url: &RemoteUrl) -> Result<Self> {
            Err(Error::unsupported(format!(
                "{}: files that are not local are read by the cargo feature `cloud`, which this build does not have",
                url.url.display()
            )))
        }

        pub(crate) fn list(url: &RemoteUrl) -> Result<Vec<PathBuf>> {
            Self::open(url).map(|_| Vec::new())
        }

        pub(crate) fn len(&self) -> u64 {
            match *self {}
        }

        pub(crate) fn read_at(&self, _buffer: &mut [u8], _offset: u64) -> io::Result<usize> {
            match *self {}
        }

        pub(crate) fn is_current(&self) -> bool {
            match *self {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls() {
        for url in ["s3://bucket/key", "https://host/a.parquet", "abfss://c@a.dfs.core.windows.net/x"] {
            assert!(is_url(Path::new(url)), "{url}");
        }
        for path in ["s3:/bucket", "/s3://x", "data.csv", "c:\\x", "ftp://host/x"] {
            assert!(!is_url(Path::new(path)), "{path}");
        }
    }

    #[test]
    fn secrets_are_not_shown() {
        let options = |secret: &str| StorageOptions(vec![("aws_secret_access_key".into(), secret.into())]);
        let text = format!("{:?}", options("abc"));
        assert!(text.contains("aws_secret_access_key") && !text.contains("abc\""), "{text}");
        assert_ne!(text, format!("{:?}", options("abd")));
    }

    #[cfg(not(feature = "cloud"))]
    #[test]
    fn what_is_missing_is_named() {
        let url = RemoteUrl { url: "s3://bucket/key.csv".into(), storage: StorageOptions::default() };
        let error = RemoteFile::open(&url).unwrap_err().to_string();
        assert!(error.contains("s3://bucket/key.csv") && error.contains("feature `cloud`"), "{error}");
    }
}
