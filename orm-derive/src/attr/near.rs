//! The guess at what a misspelled name was meant to be.

/// The candidate that is nearest to a name, if any is near enough to be a guess.
pub(crate) fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (name.chars().count() / 3).max(1) + 1;
    candidates
        .into_iter()
        .map(|candidate| (distance(name, candidate), candidate))
        .filter(|(distance, candidate)| *distance < limit.min(candidate.len()) + usize::from(limit > 2))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// How many characters to insert, delete, replace or swap with their neighbour to get from one name to the other.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for (i, row) in rows.iter_mut().enumerate() {
        row[0] = i;
    }
    for (j, cell) in rows[0].iter_mut().enumerate() {
        *cell = j;
    }
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            let replace = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = replace.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = least;
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attr::keys::{Place, legal};

    #[test]
    fn guesses_near_names_only() {
        let guess = |name| nearest(name, legal(Place::Relationship));
        assert_eq!(guess("back_popultes"), Some("back_populates"));
        assert_eq!(guess("lasy"), Some("lazy"));
        assert_eq!(guess("cascades"), Some("cascade"));
        assert_eq!(guess("primary_join"), Some("primaryjoin"));
        assert_eq!(guess("colour"), None);
        assert_eq!(guess("x"), None);
        assert_eq!(distance("nmae", "name"), 1);
    }
}
