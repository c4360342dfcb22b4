//! `cargo xtask serve`: builds and serves `dist/` as any static host would, on 127.0.0.1.

use crate::bundle;
use crate::shell::{root, say};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};

/// Builds, serves and prints the address; runs until interrupted.
///
/// # Errors
/// When the build fails or the port is taken.
pub fn run(arguments: &[&str]) -> Result<(), String> {
    let (port, dev) = match arguments {
        [] => (8787, false),
        ["--dev"] => (8787, true),
        ["--port", port] => (number(port)?, false),
        ["--port", port, "--dev"] | ["--dev", "--port", port] => (number(port)?, true),
        _ => {
            return Err(format!(
                "`serve` knows --port N and --dev, not {arguments:?}"
            ));
        }
    };
    bundle::build(dev)?;
    let listener = TcpListener::bind(("127.0.0.1", port)).map_err(|error| {
        format!("cannot serve on port {port}: {error}\n  type: cargo xtask serve --port 0   (any free port)")
    })?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    say(&format!(
        "Shuke is at http://{address}/   (demo: http://{address}/?demo=cafe)   Ctrl+C stops it"
    ));
    for stream in listener.incoming().flatten() {
        std::thread::spawn(move || answer(stream, &root().join("dist")));
    }
    Ok(())
}

fn number(text: &str) -> Result<u16, String> {
    text.parse()
        .map_err(|_| format!("a port is a number from 0 to 65535, not {text}"))
}

/// One request, one answer: enough for a browser, and no server framework to keep up with.
fn answer(mut stream: TcpStream, folder: &Path) {
    let mut first = String::new();
    let mut reader = BufReader::new(&stream);
    if reader.read_line(&mut first).is_err() {
        return;
    }
    let mut header = String::new();
    while reader.read_line(&mut header).is_ok_and(|n| n > 2) {
        header.clear();
    }
    let target = first.split_whitespace().nth(1).unwrap_or("/");
    let (status, kind, body) = match file(folder, target) {
        Some(path) => match fs::read(&path) {
            Ok(bytes) => ("200 OK", media_type(&path), bytes),
            Err(_) => ("404 Not Found", "text/plain", b"not found".to_vec()),
        },
        None => ("404 Not Found", "text/plain", b"not found".to_vec()),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nCache-Control: no-cache\r\nConnection: close\r\n\r\n",
        body.len()
    );
    // The browser may have gone away meanwhile; then there is nobody to tell.
    let _ = stream
        .write_all(head.as_bytes())
        .and_then(|()| stream.write_all(&body));
}

fn file(folder: &Path, target: &str) -> Option<PathBuf> {
    let path = target.split(['?', '#']).next()?.trim_start_matches('/');
    let safe = path
        .split('/')
        .all(|part| part != ".." && !part.contains('\\'));
    let path = if path.is_empty() { "index.html" } else { path };
    safe.then(|| folder.join(path))
}

fn media_type(path: &Path) -> &'static str {
    match path
        .extension()
        .and_then(|e| e.to_str())
        .unwrap_or_default()
    {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "json" | "webmanifest" => "application/json",
        _ => "application/octet-stream",
    }
}
