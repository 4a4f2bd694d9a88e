//! Pictures: whatever is read out of one is a payload, and nothing makes the reader panic or take long.

#![no_main]

use gerbang_qris::Qris;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(payload) = Qris::scan(data) {
        let qris = Qris::parse(&payload).expect("what is read is a payload");
        assert_eq!(qris.payload(), payload);
    }
});
