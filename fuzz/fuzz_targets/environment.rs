//! Any value of a variable is accepted, or the fault names the variable.
#![no_main]

use std::collections::BTreeMap;

use aws_names::GroupName;
use function::environment::{Variables, names, one_of, seconds, switch, text};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|value: &str| {
    let set = BTreeMap::from([("NAME".to_owned(), value.to_owned())]);
    let mut from = Variables::new(&set);
    let read = [
        from.required("NAME", text).is_some(),
        from.required("NAME", names::<GroupName>).is_some(),
        from.required("NAME", seconds(1..=100)).is_some(),
        from.required("NAME", switch).is_some(),
        from.required("NAME", one_of(&[("word", ())])).is_some(),
    ];
    let bad = from.finish(Some(()));
    assert_eq!(bad.is_ok(), read.iter().all(|read| *read));
    if let Err(bad) = bad {
        assert!(bad.to_string().contains("NAME"));
    }
});
