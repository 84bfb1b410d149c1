//! Files of stores, by way of the crate `object_store`.
//!
//! Its calls are asynchronous; they run on one thread of its own, and whoever asks waits.

use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use futures_util::TryStreamExt;
use hypostyle_core::lock::lock;
use hypostyle_core::{Error, Result};
use object_store::aws::AmazonS3Builder;
use object_store::azure::MicrosoftAzureBuilder;
use object_store::gcp::GoogleCloudStorageBuilder;
use object_store::http::HttpBuilder;
use object_store::path::Path as ObjectPath;
use object_store::{GetOptions, ObjectMeta, ObjectStore, ObjectStoreScheme, RetryConfig};
use tokio::runtime::Runtime;
use url::{Position, Url};

use super::{RemoteUrl, StorageOptions, scheme};

/// Bytes that are asked for at a time, at least: headers of pages are read some bytes at a time.
const BLOCK: u64 = 256 << 10;

/// Such blocks that a file keeps.
const KEPT_BLOCKS: usize = 16;

/// An open file. It is taken to stay what it was when it was opened; where the store has tags of versions it is held to
/// that.
#[derive(Debug)]
pub(crate) struct RemoteFile {
    store: Arc<dyn ObjectStore>,
    meta: ObjectMeta,
    blocks: Mutex<VecDeque<(u64, Bytes)>>,
}

impl RemoteFile {
    pub(crate) fn open(url: &RemoteUrl) -> Result<Self> {
        let (store, object) = store_of(url)?;
        let meta = head(&store, object).map_err(|e| Error::io(&url.url, e))?;
        Ok(Self { store, meta, blocks: Mutex::default() })
    }

    pub(crate) fn len(&self) -> u64 {
        self.meta.size
    }

    /// Whether it is still what was opened.
    pub(crate) fn is_current(&self) -> bool {
        head(&self.store, self.meta.location.clone()).is_ok_and(|now| {
            (now.size, &now.e_tag, now.last_modified)
                == (self.meta.size, &self.meta.e_tag, self.meta.last_modified)
        })
    }

    /// Reads until `buffer` is full or the file ends.
    pub(crate) fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let end = offset.saturating_add(buffer.len() as u64).min(self.meta.size);
        let Some(len) = end.checked_sub(offset).filter(|len| *len > 0) else { return Ok(0) };
        if len >= BLOCK {
            let bytes = self.get(offset, end)?;
            buffer[..bytes.len()].copy_from_slice(&bytes);
            return Ok(bytes.len());
        }
        let mut at = offset;
        while at < end {
            let number = at / BLOCK;
            let block = self.block(number)?;
            let bytes = &block[(at - number * BLOCK) as usize..];
            let count = bytes.len().min((end - at) as usize);
            let done = (at - offset) as usize;
            buffer[done..done + count].copy_from_slice(&bytes[..count]);
            at += count as u64;
        }
        Ok(len as usize)
    }

    fn block(&self, number: u64) -> io::Result<Bytes> {
        let kept = || lock(&self.blocks);
        if let Some((_, block)) = kept().iter().find(|(known, _)| *known == number) {
            return Ok(block.clone());
        }
        let start = number * BLOCK;
        let block = self.get(start, (start + BLOCK).min(self.meta.size))?;
        let mut blocks = kept();
        if blocks.len() >= KEPT_BLOCKS {
            blocks.pop_front();
        }
        blocks.push_back((number, block.clone()));
        Ok(block)
    }

    /// Bytes that are in the file.
    fn get(&self, start: u64, end: u64) -> io::Result<Bytes> {
        let object = self.meta.location.clone();
        // Weak tags name no exact bytes.
        let tag = self.meta.e_tag.clone().filter(|tag| !tag.starts_with("W/"));
        let options = GetOptions { range: Some((start..end).into()), if_match: tag, ..GetOptions::default() };
        let bytes =
            wait(
                &self.store,
                move |store| async move { store.get_opts(&object, options).await?.bytes().await },
            )?;
        if bytes.len() as u64 != end - start {
            let changed = "the file changed while it was read";
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, changed));
        }
        Ok(bytes)
    }

    /// The files below what a URL names, in the order of their names.
    pub(crate) fn list(url: &RemoteUrl) -> Result<Vec<PathBuf>> {
        let (store, prefix) = store_of(url)?;
        let found: Vec<ObjectMeta> =
            wait(&store, move |store| async move { store.list(Some(&prefix)).try_collect().await })
                .map_err(|e| Error::io(&url.url, e))?;
        let text = url.url.to_string_lossy();
        let root = root_of(&text);
        let mut paths: Vec<PathBuf> =
            found.into_iter().map(|meta| PathBuf::from(format!("{root}/{}", meta.location))).collect();
        paths.sort();
        Ok(paths)
    }
}

/// What the store says of an object.
fn head(store: &Arc<dyn ObjectStore>, object: ObjectPath) -> io::Result<ObjectMeta> {
    let options = GetOptions { head: true, ..GetOptions::default() };
    wait(store, move |store| async move { Ok(store.get_opts(&object, options).await?.meta) })
}

/// A URL up to where the names of objects begin.
fn root_of(url: &str) -> &str {
    let start = url.find("://").map_or(0, |at| at + 3);
    url[start..].find('/').map_or(url, |at| &url[..start + at])
}

type Store = (String, StorageOptions, Arc<dyn ObjectStore>);

/// The store of a URL, and what it calls the object. Stores keep their connections, and are kept.
fn store_of(url: &RemoteUrl) -> Result<(Arc<dyn ObjectStore>, ObjectPath)> {
    static STORES: Mutex<Vec<Store>> = Mutex::new(Vec::new());
    let text = url.url.to_string_lossy();
    let failed = |e: String| Error::compute(format!("{text}: {e}"));
    let parsed = Url::parse(&text).map_err(|e| failed(e.to_string()))?;
    let (scheme, object) = ObjectStoreScheme::parse(&parsed).map_err(|e| failed(e.to_string()))?;
    let root = root_of(&text);
    let mut stores = lock(&STORES);
    let known = stores.iter().find(|(known, storage, _)| known == root && *storage == url.storage);
    if let Some((_, _, store)) = known {
        return Ok((Arc::clone(store), object));
    }
    // Whoever else has chosen before is right, too.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let store = new_store(scheme, &parsed, &options_of(url)).map_err(|e| failed(e.to_string()))?;
    stores.push((root.to_owned(), url.storage.clone(), Arc::clone(&store)));
    Ok((store, object))
}

fn new_store(
    scheme: ObjectStoreScheme,
    url: &Url,
    options: &[(String, String)],
) -> object_store::Result<Arc<dyn ObjectStore>> {
    // Errors that may pass are tried again twice, as in Polars, and not for minutes, as the crate does.
    let number =
        |(name, value): &(String, String)| (name == "max_retries").then(|| value.parse().ok()).flatten();
    let max_retries = options.iter().rev().find_map(number).unwrap_or(2);
    let retry = RetryConfig { max_retries, retry_timeout: Duration::from_secs(30), ..RetryConfig::default() };
    macro_rules! built {
        ($builder:expr) => {{
            let builder = options.iter().fold($builder.with_retry(retry), |builder, (name, value)| {
                // Names of other stores, and of nothing, are passed over.
                match name.to_ascii_lowercase().parse() {
                    Ok(key) => builder.with_config(key, value),
                    Err(_) => builder,
                }
            });
            Arc::new(builder.build()?)
        }};
    }
    Ok(match scheme {
        ObjectStoreScheme::AmazonS3 => built!(AmazonS3Builder::new().with_url(url.as_str())),
        ObjectStoreScheme::GoogleCloudStorage => {
            built!(GoogleCloudStorageBuilder::new().with_url(url.as_str()))
        }
        ObjectStoreScheme::MicrosoftAzure => built!(MicrosoftAzureBuilder::new().with_url(url.as_str())),
        _ => built!(HttpBuilder::new().with_url(&url[..Position::BeforePath])),
    })
}

/// What the environment says, and then what the user does, who is right.
fn options_of(url: &RemoteUrl) -> Vec<(String, String)> {
    let own = ["AWS_", "GOOGLE_", "AZURE_"];
    let mut options: Vec<(String, String)> = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .filter(|(name, _)| own.iter().any(|prefix| name.starts_with(prefix)))
        .map(|(name, value)| (name.to_ascii_lowercase(), value))
        .collect();
    if scheme(Path::new(&url.url)) == Some("http") {
        options.push(("allow_http".to_owned(), "true".to_owned()));
    }
    options.extend(url.storage.0.iter().cloned());
    options
}

/// Runs a call to its end. The calling thread may be one of another runtime, where waiting for a future is not allowed.
fn wait<T, F>(store: &Arc<dyn ObjectStore>, call: impl FnOnce(Arc<dyn ObjectStore>) -> F) -> io::Result<T>
where
    T: Send + 'static,
    F: Future<Output = object_store::Result<T>> + Send + 'static,
{
    let (sender, receiver) = std::sync::mpsc::sync_channel(1);
    let future = call(Arc::clone(store));
    runtime()?.spawn(async move {
        // Nobody waits if the thread was stopped.
        let _ = sender.send(future.await);
    });
    receiver.recv().map_err(|_| io::Error::other("the network's thread is gone"))?.map_err(|error| {
        let kind = match &error {
            object_store::Error::NotFound { .. } => io::ErrorKind::NotFound,
            object_store::Error::PermissionDenied { .. } | object_store::Error::Unauthenticated { .. } => {
                io::ErrorKind::PermissionDenied
            }
            _ => io::ErrorKind::Other,
        };
        io::Error::new(kind, error)
    })
}

fn runtime() -> io::Result<&'static Runtime> {
    static RUNTIME: OnceLock<io::Result<Runtime>> = OnceLock::new();
    let runtime = RUNTIME.get_or_init(|| {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("hypostyle-network")
            .enable_all()
            .build()
    });
    runtime.as_ref().map_err(|e| io::Error::new(e.kind(), e.to_string()))
}
