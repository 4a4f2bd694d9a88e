//! Processes whose own clocks are an hour off, fast and slow, work on one book. On PostgreSQL its clock alone decides on leases,
//! due times and expiries. SQLite has no clock but its process's: there one that was wrong and is set right must hold nothing up.
//!
//! A clock is shifted by a small library in C that the processes load. On other systems than Linux the tests are left out.

#[cfg(target_os = "linux")]
mod book;
#[cfg(target_os = "linux")]
mod postgres;
#[cfg(target_os = "linux")]
mod process;
#[cfg(target_os = "linux")]
mod sqlite;
#[cfg(target_os = "linux")]
mod world;

#[cfg(not(target_os = "linux"))]
#[test]
fn clocks_are_shifted_on_linux_only() {
    eprintln!("SKIPPED: no process is given a clock of its own on this system");
}
