//! A provider's server: answers every request with the reply in the first argument.
//!
//! It prints its address, serves until its standard input ends, and then prints how many connections were made.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{env, io, thread};

fn main() -> io::Result<()> {
    let body = env::args().nth(1).expect("the reply's body");
    let head = format!("content-type: application/json\r\ncontent-length: {}\r\nserver: bench", body.len());
    let reply: Arc<[u8]> = format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n{body}").into_bytes().into();
    let connections = Arc::new(AtomicUsize::new(0));
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("http://{}", listener.local_addr()?);
    let counted = Arc::clone(&connections);
    thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            counted.fetch_add(1, Ordering::Relaxed);
            let reply = Arc::clone(&reply);
            // A client that goes away ends its thread, nothing else.
            thread::spawn(move || serve(connection, &reply));
        }
    });
    io::stdin().read_to_end(&mut Vec::new())?;
    println!("{}", connections.load(Ordering::Relaxed));
    Ok(())
}

fn serve(connection: TcpStream, reply: &[u8]) -> io::Result<()> {
    connection.set_nodelay(true)?;
    let mut writer = connection.try_clone()?;
    let mut reader = BufReader::new(connection);
    let mut line = String::new();
    loop {
        let mut length = 0;
        loop {
            line.clear();
            if reader.read_line(&mut line)? == 0 {
                return Ok(());
            }
            match line.trim_end().split_once(':') {
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                    length = value.trim().parse().map_err(io::Error::other)?;
                }
                Some(_) => {}
                None if line.trim_end().is_empty() => break,
                None => {}
            }
        }
        io::copy(&mut reader.by_ref().take(length), &mut io::sink())?;
        writer.write_all(reply)?;
    }
}
