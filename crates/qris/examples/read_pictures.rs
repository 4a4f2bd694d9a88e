//! Reads pictures: a line for each, with its name, its payload or nothing, and the milliseconds it took. Why one is not read goes
//! to the standard error.

use std::env;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::time::Instant;

use gerbang_qris::Qris;

fn main() -> Result<(), Box<dyn Error>> {
    for path in env::args().skip(1) {
        let picture = fs::read(&path)?;
        let start = Instant::now();
        let read = Qris::scan(&picture);
        let milliseconds = start.elapsed().as_secs_f64() * 1e3;
        let name = Path::new(&path).file_name().unwrap_or_default().to_string_lossy();
        if let Err(error) = &read {
            eprintln!("{name}: {error}");
        }
        println!("{name}\t{}\t{milliseconds:.1}", read.unwrap_or_default());
    }
    Ok(())
}
