//! Comparing names while the user's crate is compiled.

/// Whether two names are the same. Usable in constants.
///
/// The compiler does this by the thousand, step by step: names that differ mostly differ at their ends, and four letters
/// at once take few more steps than one.
pub const fn same(a: &str, b: &str) -> bool {
    let (mut a, mut b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    loop {
        match (a, b) {
            (&[ref a_before @ .., a0, a1, a2, a3], &[ref b_before @ .., b0, b1, b2, b3]) => {
                if a3 != b3 || a2 != b2 || a1 != b1 || a0 != b0 {
                    return false;
                }
                (a, b) = (a_before, b_before);
            }
            (&[ref a_before @ .., a0], &[ref b_before @ .., b0]) => {
                if a0 != b0 {
                    return false;
                }
                (a, b) = (a_before, b_before);
            }
            _ => return true,
        }
    }
}
