//! The keys of JSON, by which its formats are known.

/// Whether the first object of a JSON text has one of the keys `any`, on its outermost level. The
/// text may be cut off, and its keys may stand in any order, on one line or on many.
pub(super) fn has_key(head: &[u8], any: &[&str]) -> bool {
    keys(head).iter().any(|key| any.iter().any(|name| name.as_bytes() == *key))
}

fn keys(head: &[u8]) -> Vec<&[u8]> {
    let mut keys = Vec::new();
    if head.first() != Some(&b'{') {
        return keys;
    }
    let (mut depth, mut string, mut escaped, mut last) = (0_usize, None, false, None);
    for (at, byte) in head.iter().enumerate() {
        if let Some(from) = string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => (string, last) = (None, Some(from..at)),
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => string = Some(at + 1),
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b':' if depth == 1 => keys.extend(last.take().and_then(|key| head.get(key))),
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_those_of_the_outermost_level_of_the_first_object() {
        let text = br#"{"a": {"b": [1, {"c": 2}]}, "d\"": "e\\", "f" : "{", "g": 1} {"h": 2}"#;
        assert_eq!(keys(text), [&b"a"[..], b"d\\\"", b"f", b"g"]);
        assert!(has_key(text, &["x", "g"]) && !has_key(text, &["b", "c", "e", "h"]));
    }

    #[test]
    fn cut_and_broken_texts_have_the_keys_that_are_whole() {
        for (text, expected) in [
            (&br#"{"a": 1, "b": [{"c"#[..], &[&b"a"[..], b"b"][..]),
            (br#"{"a"#, &[]),
            (br#"{"a""#, &[]),
            (b"{}}}:", &[]),
            (b"[{\"a\": 1}]", &[]),
            (b"", &[]),
            (b"{::\"a\":", &[b"a"]),
        ] {
            assert_eq!(keys(text), expected, "{}", String::from_utf8_lossy(text));
        }
    }
}
