//! The names that one may have been meant to be.

use strsim::normalized_damerau_levenshtein;

/// Names that are less alike are other names.
const MIN_LIKENESS: f64 = 0.6;

/// The names most like `name`, at most `n`, the most like first; letter case aside.
pub(super) fn names<'a>(name: &str, all: impl Iterator<Item = &'a str>, n: usize) -> Vec<&'a str> {
    let wanted = name.to_lowercase();
    let n_wanted = wanted.chars().count();
    let likeness = |it: &'a str| {
        // What differs too much in length alone is not compared.
        let n_chars = it.chars().count();
        let (short, long) = (n_chars.min(n_wanted), n_chars.max(n_wanted));
        if short * 10 < long * 6 {
            return None;
        }
        let likeness = normalized_damerau_levenshtein(&wanted, &it.to_lowercase());
        (likeness >= MIN_LIKENESS).then_some((likeness, it))
    };
    let mut like: Vec<(f64, &str)> = all.filter_map(likeness).collect();
    like.sort_by(|(a, x), (b, y)| b.total_cmp(a).then_with(|| x.cmp(y)));
    like.dedup_by_key(|(_, it)| *it);
    like.truncate(n);
    like.into_iter().map(|(_, it)| it).collect()
}
