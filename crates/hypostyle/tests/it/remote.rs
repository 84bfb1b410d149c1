//! Files that are not local, from a server of this test on the loopback: a web server with ranges, which lists buckets
//! as S3, Google and Azure do.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use hypostyle::prelude::*;

use crate::frame_rows;

/// What was asked for.
#[derive(Clone, Debug)]
struct Request {
    method: String,
    target: String,
    headers: BTreeMap<String, String>,
    /// Bytes of files that were sent.
    sent: usize,
}

/// Files by path.
#[derive(Clone, Default)]
struct Server {
    address: String,
    files: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = Self { address: listener.local_addr().unwrap().to_string(), ..Self::default() };
        let serving = server.clone();
        std::thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let server = serving.clone();
                std::thread::spawn(move || server.serve(connection));
            }
        });
        server
    }

    fn put(&self, path: &str, bytes: Vec<u8>) {
        self.files.lock().unwrap().insert(path.to_owned(), bytes);
    }

    /// A URL of this web server.
    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// How its buckets are reached as those of S3.
    fn storage(&self) -> StorageOptions {
        storage_options([
            ("aws_endpoint_url", self.url("")),
            ("aws_allow_http", "true".to_owned()),
            ("aws_region", "here".to_owned()),
            ("aws_access_key_id", "somebody".to_owned()),
            ("aws_secret_access_key", "secret".to_owned()),
        ])
    }

    /// The same as those of Google.
    fn google(&self) -> StorageOptions {
        let key = format!(
            r#"{{"private_key": "k", "private_key_id": "i", "client_email": "e", "disable_oauth": true, "gcs_base_url": "{}"}}"#,
            self.url("")
        );
        storage_options([("google_service_account_key", key)])
    }

    /// The same as those of Azure.
    fn azure(&self) -> StorageOptions {
        storage_options([
            ("azure_storage_account_name", "somebody".to_owned()),
            ("azure_storage_account_key", "c2VjcmV0".to_owned()),
            ("azure_storage_endpoint", self.url("")),
            ("azure_allow_http", "true".to_owned()),
        ])
    }

    /// What was asked for since the last time.
    fn take_requests(&self) -> Vec<Request> {
        std::mem::take(&mut self.requests.lock().unwrap())
    }

    fn serve(&self, connection: TcpStream) {
        let mut lines = BufReader::new(connection.try_clone().unwrap());
        let mut connection = connection;
        loop {
            let mut line = String::new();
            if lines.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            let mut words = line.split_whitespace().map(str::to_owned);
            let (method, target) = (words.next().unwrap(), words.next().unwrap());
            let mut headers = BTreeMap::new();
            loop {
                let mut line = String::new();
                lines.read_line(&mut line).unwrap();
                let Some((name, value)) = line.split_once(':') else { break };
                headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
            }
            let (head, body) = self.answer(&method, &target, &headers);
            let sent = if head.starts_with("HTTP/1.1 20") { body.len() } else { 0 };
            self.requests.lock().unwrap().push(Request { method, target, headers, sent });
            if connection.write_all(head.as_bytes()).and_then(|()| connection.write_all(&body)).is_err() {
                return;
            }
        }
    }

    fn answer(&self, method: &str, target: &str, headers: &BTreeMap<String, String>) -> (String, Vec<u8>) {
        let answer = |status: &str, more: &str, body: Vec<u8>| {
            (format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n{more}\r\n", body.len()), body)
        };
        let target = percent_decoded(target);
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let files = self.files.lock().unwrap();
        let azure = query.contains("comp=list");
        if azure || query.contains("list-type=2") {
            let bucket = path.trim_matches('/');
            let prefix = query.split('&').find_map(|part| part.strip_prefix("prefix=")).unwrap_or("");
            let prefix = format!("/{bucket}/{}", prefix);
            let contents: String = files
                .iter()
                .filter(|(name, _)| name.starts_with(&prefix))
                .map(|(name, bytes)| {
                    let (name, size) = (&name[bucket.len() + 2..], bytes.len());
                    if azure {
                        format!(
                            "<Blob><Name>{name}</Name><Properties><Last-Modified>Thu, 26 Nov 2026 00:00:00 GMT</Last-Modified>\
                             <Etag>x</Etag><Content-Length>{size}</Content-Length><Content-Type>x</Content-Type></Properties></Blob>"
                        )
                    } else {
                        format!(
                            "<Contents><Key>{name}</Key><LastModified>2026-11-26T00:00:00.000Z</LastModified><ETag>\"x\"</ETag>\
                             <Size>{size}</Size></Contents>"
                        )
                    }
                })
                .collect();
            let text = if azure {
                format!("<EnumerationResults><Blobs>{contents}</Blobs><NextMarker/></EnumerationResults>")
            } else {
                format!("<ListBucketResult><IsTruncated>false</IsTruncated>{contents}</ListBucketResult>")
            };
            return answer("200 OK", "content-type: application/xml\r\n", text.into_bytes());
        }
        let Some(bytes) = files.get(path) else { return answer("404 Not Found", "", Vec::new()) };
        let tag = format!(
            "\"{}-{}\"",
            bytes.len(),
            bytes.iter().fold(7u64, |h, b| h.wrapping_mul(31) + u64::from(*b))
        );
        if headers.get("if-match").is_some_and(|wanted| *wanted != tag) {
            return answer("412 Precondition Failed", "", Vec::new());
        }
        let mut more = format!(
            "etag: {tag}\r\nlast-modified: Thu, 26 Nov 2026 00:00:00 GMT\r\naccept-ranges: bytes\r\n"
        );
        if method == "HEAD" {
            return (format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n{more}\r\n", bytes.len()), Vec::new());
        }
        let range = headers.get("range").and_then(|range| range.strip_prefix("bytes=")?.split_once('-'));
        let Some((start, end)) = range else { return answer("200 OK", &more, bytes.clone()) };
        let (start, end): (usize, usize) = (start.parse().unwrap(), end.parse().unwrap());
        let end = end.min(bytes.len() - 1);
        more += &format!("content-range: bytes {start}-{end}/{}\r\n", bytes.len());
        answer("206 Partial Content", &more, bytes[start..=end].to_vec())
    }
}

fn storage_options<const N: usize>(options: [(&str, String); N]) -> StorageOptions {
    StorageOptions(options.map(|(name, value)| (name.to_owned(), value)).to_vec())
}

fn percent_decoded(text: &str) -> String {
    let mut parts = text.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        bytes.push(u8::from_str_radix(&part[..2], 16).unwrap());
        bytes.extend(&part.as_bytes()[2..]);
    }
    String::from_utf8(bytes).unwrap()
}

/// A table with a column that does not compress.
fn table(rows: i64) -> DataFrame {
    // Multiplied alone, numbers would differ by a constant, and take no room in a file.
    let noise = |i: i64| {
        (i ^ i >> 29).wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407)
    };
    DataFrame::new([
        ("n", Column::from_vec((0..rows).collect::<Vec<_>>())),
        ("noise", Column::from_vec((0..rows).map(|i| noise(noise(i + 1))).collect::<Vec<_>>())),
    ])
    .unwrap()
}

/// The bytes of a file that a closure writes.
fn written(write: impl FnOnce(&std::path::Path) -> Result<()>) -> Vec<u8> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x");
    write(&path).unwrap();
    std::fs::read(path).unwrap()
}

fn csv(frame: &DataFrame, compression: TextCompression) -> Vec<u8> {
    let options = CsvWriteOptions { compression, ..Default::default() };
    written(|path| frame.clone().lazy().sink_csv(path, options, &Context::default()))
}

fn parquet(frame: &DataFrame) -> Vec<u8> {
    written(|path| {
        frame.clone().lazy().sink_parquet(path, &ParquetWriteOptions::default(), &Context::default())
    })
}

fn parquet_options(storage: &StorageOptions) -> ParquetReadOptions {
    ParquetReadOptions { storage: storage.clone(), ..Default::default() }
}

/// The same table in every format, below a folder of the server.
fn put_all(server: &Server, folder: &str, frame: &DataFrame) {
    let context = Context::default();
    server.put(&format!("{folder}/x.csv"), csv(frame, TextCompression::None));
    server.put(&format!("{folder}/x.csv.gz"), csv(frame, TextCompression::Gzip(None)));
    server.put(&format!("{folder}/x.parquet"), parquet(frame));
    let ndjson =
        written(|path| frame.clone().lazy().sink_ndjson(path, &NdjsonWriteOptions::default(), &context));
    server.put(&format!("{folder}/x.ndjson"), ndjson);
    let ipc = written(|path| frame.clone().lazy().sink_ipc(path, &IpcWriteOptions::default(), &context));
    server.put(&format!("{folder}/x.ipc"), ipc);
}

/// Queries over the table in every format.
fn scans(folder: &str, storage: &StorageOptions) -> Vec<LazyFrame> {
    let csv = || CsvReadOptions { storage: storage.clone(), ..Default::default() };
    vec![
        scan_csv(format!("{folder}/x.csv"), csv()),
        scan_csv(format!("{folder}/x.csv.gz"), csv()),
        scan_parquet(format!("{folder}/x.parquet"), parquet_options(storage)),
        scan_ndjson(
            format!("{folder}/x.ndjson"),
            NdjsonReadOptions { storage: storage.clone(), ..Default::default() },
        ),
        scan_ipc(
            format!("{folder}/x.ipc"),
            IpcReadOptions { storage: storage.clone(), ..Default::default() },
        ),
    ]
}

#[test]
fn every_format_from_a_web_server() {
    let server = Server::start();
    let frame = table(100_000);
    put_all(&server, "/data", &frame);
    let expected = frame_rows(&frame);
    for query in scans(&server.url("/data"), &StorageOptions::default()) {
        for threads in [1, 2, 8] {
            assert!(frame_rows(&query.collect_with(&Context::new(threads)).unwrap()) == expected);
        }
        let few = query.clone().filter(col("n").gt(lit(99_990))).select([col("n")]).collect().unwrap();
        assert_eq!(few.height(), 9);
        assert_eq!(query.limit(3).collect().unwrap().height(), 3);
    }
    assert!(server.take_requests().iter().all(|r| r.method == "HEAD" || r.headers.contains_key("range")));
}

#[test]
fn columns_that_are_not_asked_for_are_not_sent() {
    let server = Server::start();
    let bytes = parquet(&table(1_000_000));
    let size = bytes.len();
    server.put("/x.parquet", bytes);
    let query = scan_parquet(server.url("/x.parquet"), ParquetReadOptions::default());
    query.clone().select([col("n").sum()]).collect().unwrap();
    let sent: usize = server.take_requests().iter().map(|request| request.sent).sum();
    assert!(sent < size * 6 / 10, "{sent} of {size} bytes");
    query.clone().limit(5).collect().unwrap();
    let sent: usize = server.take_requests().iter().map(|request| request.sent).sum();
    // Of one row group of four, at most.
    assert!(sent < size * 2 / 5, "{sent} of {size} bytes");
}

#[test]
fn buckets_folders_and_patterns() {
    let server = Server::start();
    let frame = table(1000);
    put_all(&server, "/bucket/deep/er", &frame);
    let storage = server.storage();
    let expected = frame_rows(&frame);
    for query in scans("s3://bucket/deep/er", &storage) {
        assert!(frame_rows(&query.collect().unwrap()) == expected);
    }
    let requests = server.take_requests();
    let signed =
        |r: &Request| r.headers.get("authorization").is_some_and(|a| a.starts_with("AWS4-HMAC-SHA256"));
    assert!(requests.iter().all(|request| signed(request) && request.target.starts_with("/bucket")));
    for (year, rows) in [(2026, 3), (2027, 5)] {
        server.put(&format!("/bucket/sales/year={year}/0.parquet"), parquet(&table(rows)));
    }
    let count = |url: &str, filter: Option<Expr>| {
        let scan = scan_parquet(url, parquet_options(&storage));
        let scan = filter.map_or(scan.clone(), |filter| scan.filter(filter));
        scan.collect().unwrap().height()
    };
    assert_eq!(count("s3://bucket/sales/*/*.parquet", None), 8);
    assert_eq!(count("s3://bucket/**/*.parquet", None), 1008);
    assert_eq!(count("s3://bucket/sales/year=202[67]/0.parquet", None), 8);
    assert_eq!(count("s3://bucket/sales/", None), 8);
    server.take_requests();
    assert_eq!(count("s3://bucket/sales/", Some(col("year").eq(lit(2027)))), 5);
    let none = scan_parquet("s3://bucket/sales/*.csv", parquet_options(&storage)).collect().unwrap_err();
    assert!(none.to_string().contains("no file matches"), "{none}");
}

#[test]
fn buckets_of_google_and_azure() {
    let server = Server::start();
    let frame = table(1000);
    put_all(&server, "/bucket/deep/er", &frame);
    let expected = frame_rows(&frame);
    for (scheme, storage) in [("gs", server.google()), ("az", server.azure())] {
        for query in scans(&format!("{scheme}://bucket/deep/er"), &storage) {
            assert!(frame_rows(&query.collect().unwrap()) == expected);
        }
        let scan = |path: &str| {
            let url = format!("{scheme}://bucket/{path}");
            (scan_parquet(&url, parquet_options(&storage)).collect().map(|frame| frame.height()), url)
        };
        assert_eq!(scan("**/*.parquet").0.unwrap(), 1000);
        let (none, url) = scan("deep/none.parquet");
        let none = none.unwrap_err().to_string();
        assert!(none.contains(&url), "{none}");
        let requests = server.take_requests();
        assert!(!requests.is_empty());
        let signed = |r: &Request| {
            r.headers.get("authorization").is_some_and(|a| a.starts_with("SharedKey somebody:"))
        };
        assert!(scheme == "gs" || requests.iter().all(signed));
    }
}

#[test]
fn what_is_wrong_names_the_url() {
    let server = Server::start();
    server.put("/broken.parquet", b"PAR1 and nothing else of use".to_vec());
    let scan =
        |url: String| scan_parquet(url, ParquetReadOptions::default()).collect().unwrap_err().to_string();
    for path in ["/none.parquet", "/broken.parquet"] {
        let url = server.url(path);
        let error = scan(url.clone());
        assert!(error.contains(&url), "{error}");
    }
    let error = scan("s3://".to_owned());
    assert!(error.contains("s3://"), "{error}");
}

#[test]
fn a_file_that_is_replaced() {
    let server = Server::start();
    server.put("/x.parquet", parquet(&table(10)));
    let query = scan_parquet(server.url("/x.parquet"), ParquetReadOptions::default());
    assert_eq!(query.collect().unwrap().height(), 10);
    server.put("/x.parquet", parquet(&table(20)));
    assert_eq!(query.collect().unwrap().height(), 20);
}

/// The name of the variable that makes the next test read a URL with what the environment says, and nothing else.
const CHILD: &str = "HYPOSTYLE_TEST_URL";

#[test]
fn credentials_of_the_environment() {
    if let Some(url) = std::env::var_os(CHILD) {
        assert_eq!(scan_csv(url, CsvReadOptions::default()).collect().unwrap().height(), 10);
        return;
    }
    let server = Server::start();
    server.put("/bucket/x.csv", csv(&table(10), TextCompression::None));
    let variables = server.storage().0.into_iter().map(|(name, value)| (name.to_ascii_uppercase(), value));
    let child = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "remote::credentials_of_the_environment"])
        .env(CHILD, "s3://bucket/x.csv")
        .envs(variables)
        .output()
        .unwrap();
    assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stdout));
    assert!(!server.take_requests().is_empty());
}
