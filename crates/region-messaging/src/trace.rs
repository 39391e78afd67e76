//! The X-Ray trace header, by whose lineage Lambda detects recursive loops.
//!
//! `Root=1-6a0f0000-…;Sampled=0;Lineage=1b2c3d4e:0|5f607182:4`: for each function of the chain of
//! requests its hash and how often it was invoked again
//! (<https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader>).

use std::collections::BTreeMap;

use region_core::Time;

use super::digest::sha256;

/// The most invocations of a function in one chain of requests, if it does not allow loops. AWS
/// says approximately 16 (<https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html>).
pub(super) const MOST_INVOCATIONS: u32 = 16;

/// How often the functions of a chain of requests were invoked again, by their hashes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Lineage(BTreeMap<String, u32>);

impl Lineage {
    /// The lineage of what these trace headers cause. With several, the highest count of each
    /// function applies. Anything unreadable is ignored.
    pub(super) fn of<'a>(headers: impl IntoIterator<Item = &'a str>) -> Self {
        let mut counts = BTreeMap::new();
        let fields = headers.into_iter().flat_map(|header| header.split(';'));
        let lists = fields.filter_map(|field| field.trim().strip_prefix("Lineage="));
        for entry in lists.flat_map(|list| list.split(['|', ','])) {
            // Newer headers put the length of the chain in front.
            let mut parts = entry.rsplit(':');
            let count = parts.next().and_then(|count| count.parse::<u32>().ok());
            if let (Some(count), Some(hash)) = (count, parts.next()) {
                let highest = counts.entry(hash.to_owned()).or_default();
                *highest = count.max(*highest);
            }
        }
        Self(counts)
    }

    /// Add an invocation of a function. Returns its number in the chain, from 1.
    pub(super) fn invoke(&mut self, function_arn: &str) -> u32 {
        let hash = sha256(function_arn).chars().take(8).collect();
        let again = self.0.entry(hash).and_modify(|count| *count = count.saturating_add(1));
        again.or_default().saturating_add(1)
    }

    /// The trace header of a run. Each run begins a trace of its own.
    pub(super) fn header(&self, request_id: &str, started: Time) -> String {
        let began = started.unix_timestamp();
        let random: String = request_id.chars().filter(char::is_ascii_hexdigit).take(24).collect();
        let entries: Vec<_> =
            self.0.iter().map(|(hash, count)| format!("{hash}:{count}")).collect();
        format!("Root=1-{began:08x}-{random};Sampled=0;Lineage={}", entries.join("|"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(header: &str) -> Vec<(String, u32)> {
        Lineage::of([header]).0.into_iter().collect()
    }

    #[test]
    fn a_header_counts_the_invocations_of_each_function() {
        let mut lineage = Lineage::default();
        assert_eq!(lineage.invoke("arn:a"), 1);
        let mut lineage = Lineage::of([lineage.header("id", Time::UNIX_EPOCH).as_str()]);
        assert_eq!((lineage.invoke("arn:b"), lineage.invoke("arn:a")), (1, 2));
        let header = lineage.header("7e57ab1e-0000", Time::UNIX_EPOCH);
        assert!(header.starts_with("Root=1-00000000-7e57ab1e0000;Sampled=0;Lineage="), "{header}");
        assert_eq!(Lineage::of([header.as_str()]), lineage);
    }

    #[test]
    fn of_several_headers_the_highest_counts_apply() {
        let merged = Lineage::of(["Lineage=aa:3|bb:1", "Root=1-0-0;Lineage=aa:1|bb:7;Sampled=1"]);
        assert_eq!(merged, Lineage::of(["Lineage=aa:3|bb:7"]));
    }

    #[test]
    fn both_forms_of_a_lineage_are_read_and_anything_else_is_ignored() {
        let two = [("aa".to_owned(), 2), ("bb".to_owned(), 0)];
        assert_eq!(counts("Root=1-0-0;Lineage=aa:2|bb:0"), two);
        assert_eq!(counts("Root=1-0-0; Lineage=4:aa:2,bb:0;Sampled=0"), two);
        for header in ["", "Root=1-0-0", "Lineage=", "Lineage=aa", "Lineage=aa:-1|:|5;;", "bb:0"] {
            assert_eq!(counts(header), [], "{header}");
        }
    }

    #[test]
    fn a_count_beyond_all_bounds_does_not_overflow() {
        let mut lineage = Lineage::default();
        lineage.invoke("arn:a");
        lineage.0.values_mut().for_each(|count| *count = u32::MAX);
        assert_eq!(lineage.invoke("arn:a"), u32::MAX);
    }
}
