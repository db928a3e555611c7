//! The grammar: what parses is written back, and gives the same term.

use proptest::prelude::*;

use super::parse::parse;

fn written(text: &str) -> String {
    match parse(text) {
        Ok(term) => {
            let written = term.to_string();
            assert_eq!(parse(&written).as_ref(), Ok(&term), "{text} became {written}");
            written
        }
        Err(mistake) => mistake.error("primaryjoin", text).to_string(),
    }
}

#[test]
fn what_is_read_is_written() {
    let told: String = [
        "and_(User.id == Address.user_id, Address.city == 'Boston')",
        "blog.models.User.id==foreign( Address.user_id )",
        "(A.x == B.x) & ((A.y < B.y) | ~(A.z == None))",
        "A.a + B.b * 2 - -3 / (4 + 5) % 6 << 1",
        "(A.a + B.b) + A.c + (A.d + A.e)",
        "A.path.like(B.path + '/%')",
        "A.x.in_([1, 2.5, -3, 'it\\'s', \"say \\\"x\\\"\", True, False])",
        "cast(A.x, String(50)).op('&&')(B.y)",
        "tuple_(A.x, A.y) == (B.x, B.y)",
        "(A.x,)",
        "[A.x, desc(B.y),]",
        "'caf\\u00e9 \\x41\\n\\t\\\\'",
        "5 .x(1.5e3)",
    ]
    .map(|text| written(text) + "\n")
    .concat();
    expect_test::expect![[r#"
        and_(User.id == Address.user_id, Address.city == 'Boston')
        blog.models.User.id == foreign(Address.user_id)
        (A.x == B.x) & ((A.y < B.y) | ~(A.z == None))
        A.a + B.b * 2 - -3 / (4 + 5) % 6 << 1
        (A.a + B.b) + A.c + (A.d + A.e)
        A.path.like(B.path + '/%')
        A.x.in_([1, 2.5e0, -3, 'it\'s', 'say "x"', True, False])
        cast(A.x, String(50)).op('&&')(B.y)
        tuple_(A.x, A.y) == (B.x, B.y)
        (A.x,)
        [A.x, desc(B.y)]
        'café A\n\t\\'
        (5).x(1.5e3)
    "#]]
    .assert_eq(&told);
}

#[test]
fn what_cant_be_read_says_where() {
    let told: String = [
        "",
        "User.id = Address.user_id",
        "User.id == Address.user_id and Address.city == 'x'",
        "and_(User.id == Address.user_id or True)",
        "not User.active",
        "User.id in [1]",
        "A.x < B.x < C.x",
        "A.x == B.y C.z",
        "and_(A.x == B.y",
        "A.x == 'Boston",
        "A.x == 99999999999999999999",
        "A.x == 5x",
        "A.x $ B.y",
        "A.x == '\\q'",
        "A. == B.y",
        "A.x[0]",
        "() == A.x",
        "A.x == ",
        "lambda: 1",
    ]
    .map(|text| written(text) + "\n")
    .concat();
    expect_test::expect![[r#"
        [join-condition] `primaryjoin` at its end: an expression is missing; help: write a column or a value
        [join-condition] `primaryjoin` at character 9, `= Address.user_id`: `=` compares nothing; help: write `==`
        [join-condition] `primaryjoin` at character 28, `and Address.city == 'x'`: `and` is no operator of SQL expressions; help: write `and_(a, b)`, or `(a) & (b)`
        [join-condition] `primaryjoin` at character 33, `or True)`: `or` is no operator of SQL expressions; help: write `or_(a, b)`, or `(a) | (b)`
        [join-condition] `primaryjoin` at character 1, `not User.active`: `not` is no operator of SQL expressions; help: write `not_(a)`, or `~(a)`
        [join-condition] `primaryjoin` at character 9, `in [1]`: `in` is no operator of SQL expressions; help: write `a.in_([b, c])`
        [join-condition] `primaryjoin` at character 11, `< C.x`: a comparison of a comparison; help: put parentheses around the comparisons, and `&` between them
        [join-condition] `primaryjoin` at character 12, `C.z`: something more than one expression; help: write an operator before it
        [join-condition] `primaryjoin` at its end: `)` is missing; help: write `)` here, or an operator
        [join-condition] `primaryjoin` at character 8, `'Boston`: a text that doesn't end; help: end it by `'`
        [join-condition] `primaryjoin` at character 8, `99999999999999999999`: a number that is too large; help: integers have 64 bits
        [join-condition] `primaryjoin` at character 8, `5x`: a number that goes over into a word; help: put a space or a sign between them
        [join-condition] `primaryjoin` at character 5, `$ B.y`: a sign that has no meaning here; help: write an expression of columns
        [join-condition] `primaryjoin` at character 9, `\q'`: an unknown escape; help: write `\\` for a backslash
        [join-condition] `primaryjoin` at character 4, `== B.y`: a name is missing; help: write a column or a method behind the point
        [join-condition] `primaryjoin` at character 4, `[0]`: an index; help: write a column, or a list where one is wanted
        [join-condition] `primaryjoin` at character 1, `() == A.x`: empty parentheses; help: write an expression within them
        [join-condition] `primaryjoin` at its end: an expression is missing; help: write a column or a value
        [join-condition] `primaryjoin` at character 7, `: 1`: a sign that has no meaning here; help: write an expression of columns
    "#]].assert_eq(&told);
}

#[test]
fn nothing_nests_without_bound() {
    let deep = "(".repeat(5000) + "A.x" + &")".repeat(5000);
    assert!(parse(&deep).is_err());
    assert!(parse(&("-".repeat(5000) + "A.x")).is_err());
    assert!(parse(&("A.x + 1 - ".repeat(5000) + "A.x")).is_err());
    assert!(parse(&("f(".repeat(90) + "A.x" + &")".repeat(90))).is_ok());
    // What is long without being deep is read.
    assert!(parse(&("A.x + ".repeat(5000) + "A.x")).is_ok());
    assert!(parse(&("(A.x == 1) & ".repeat(5000) + "(A.x == 1)")).is_ok());
}

/// Pieces of which texts are made that are nearly right.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "A.x", "and_", "or_(", "(", ")", "[", "]", ",", ".", "==", "!=", "<", "<=", "+", "-", "*", "/", "%",
        "&", "|", "~", "<<", ">>", "'a'", "\"b\"", "1", "2.5", "None", "True", "in_", "foreign(", "x", " ",
        "and", "not", "=", "'", "\\", "1e", "é",
    ]);
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

// `PROPTEST_CASES` says how many: ten million take minutes with `--release`.
proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        written(&text);
    }

    #[test]
    fn any_pieces_are_read_or_refused(text in pieces()) {
        written(&text);
    }
}
