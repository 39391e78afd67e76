//! A policy document is read completely, or every fault names its field.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scaling::policy::Policies;

fuzz_target!(|text: &str| {
    match Policies::read(text) {
        Ok(policies) => {
            let again = serde_json::to_string(&policies).expect("policies are JSON");
            assert_eq!(Policies::read(&again).as_ref(), Ok(&policies));
            for policy in &policies.policies {
                let key = policies.serialization_key_of(&policy.resource_id);
                assert!(policies.scope(&key).is_some());
            }
        }
        Err(faults) => {
            assert!(faults.0.iter().all(|fault| !fault.path.is_empty() && !fault.what.is_empty()));
        }
    }
});
