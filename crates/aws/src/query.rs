//! Renames ids in metric math, so that the queries of several alarms can share one call.

/// `expression` with each of `ids` in it prefixed. Text in quotes is left as it is.
///
/// An id is a lowercase letter and then letters, digits and underscores.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html>
pub(crate) fn prefixed(expression: &str, ids: &[&str], prefix: &str) -> String {
    let mut out = String::with_capacity(expression.len());
    let mut word = String::new();
    let mut quote = None;
    let end_word = |word: &mut String, out: &mut String| {
        if ids.contains(&word.as_str()) {
            out.push_str(prefix);
        }
        out.push_str(word);
        word.clear();
    };
    for letter in expression.chars() {
        let is_word = letter.is_ascii_alphanumeric() || letter == '_';
        if quote.is_none() && is_word {
            word.push(letter);
            continue;
        }
        end_word(&mut word, &mut out);
        match quote {
            Some(open) if open == letter => quote = None,
            None if matches!(letter, '\'' | '"') => quote = Some(letter),
            _ => {}
        }
        out.push(letter);
    }
    end_word(&mut word, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_prefixed_and_functions_numbers_and_texts_are_not() {
        for (expression, renamed) in [
            ("MAX([cpu, memory])", "MAX([a0_cpu, a0_memory])"),
            ("cpu/IF(FILL(memory,0)>0,memory,1)", "a0_cpu/IF(FILL(a0_memory,0)>0,a0_memory,1)"),
            ("cpu1 + 1cpu + cpu", "cpu1 + 1cpu + a0_cpu"),
            ("SEARCH('cpu \"memory', 'Sum') + cpu", "SEARCH('cpu \"memory', 'Sum') + a0_cpu"),
            ("'open cpu", "'open cpu"),
            ("", ""),
        ] {
            assert_eq!(prefixed(expression, &["cpu", "memory"], "a0_"), renamed);
        }
    }
}
