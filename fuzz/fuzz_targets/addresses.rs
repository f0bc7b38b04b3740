//! Client addresses with ports, brackets and zones: an address that was read reads as itself.
#![no_main]

use bectrace::ingest::values::addresses;
use bectrace::knowledge::networks;
use bectrace::timeline::Draft;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let found: Vec<_> = text.split(' ').filter_map(addresses::address).collect();
    for address in &found {
        let Some(ip) = address.ip else {
            assert!(address.port.is_none(), "a port of no address: {address:?}");
            continue;
        };
        networks::class(ip);
        let again = addresses::address(ip.to_string()).expect("an address is text");
        assert_eq!(again.ip, Some(ip));
    }
    addresses::set_address(&mut Draft::default(), &found);
});
