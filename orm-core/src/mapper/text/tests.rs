//! The grammar: what parses is written back, and gives the same term.

use proptest::prelude::*;

use super::Names;
use super::parse::parse;
use crate::declare::{Declared, ModelDecl, TableDecl};
use crate::testing::{Badge, Cat, Member, Team};

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
        "join(B, D, B.d_id == D.id).join(C, C.d_id==D.id)",
        "b.join( D ).outerjoin(m.C, and_(C.d_id == D.id, C.x > 1))",
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
        join(B, D, B.d_id == D.id).join(C, C.d_id == D.id)
        b.join(D).outerjoin(m.C, and_(C.d_id == D.id, C.x > 1))
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
fn what_is_joined() {
    let told: String = [
        "join(Team, Member).join(Badge)",
        "team.outerjoin(testing.Member, Team.id == Member.team_id)",
        "Member.join(cat, and_(Cat.id == Member.id, Cat.name != 'x'))",
        "join(Team, Cat)",
        "join(Team)",
        "Team",
        "join(Team, Member).join(f(Badge))",
        "join(Team, Nobody)",
        "join(Team, Member, Team.id == Member.team_id, 1)",
    ]
    .map(|text| joined(text) + "\n")
    .concat();
    expect_test::expect![[r#"
        team + member + badge
        team + member
        member + cat
        [join-condition] `secondary` at character 1, `join(Team, Cat)`: no foreign key joins `cat` with what stands before it; help: give the condition as the last argument
        [join-condition] `secondary` at character 1, `join(Team)`: something else than a join; help: write `join(A, B, A.b_id == B.id).join(C, ...)`
        [join-condition] `secondary` at character 1, `Team`: something else than a join; help: write `join(A, B, A.b_id == B.id).join(C, ...)`
        [join-condition] `secondary` at character 25, `f(Badge))`: something else than a class or a table; help: name one here
        [unknown-name] `secondary` at character 12, `Nobody)`: no mapped class is called `Nobody`; help: derive `Mapped` for it, in the same registry
        [join-condition] `secondary` at character 1, `join(Team, Member, Team....`: something else than a join; help: write `join(A, B, A.b_id == B.id).join(C, ...)`
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

/// Calls that join tables, some with a mistake or with pieces that don't belong there.
fn joins() -> impl Strategy<Value = String> {
    let name = || {
        let right = prop::sample::select(vec!["Team", "member", "Badge", "cat", "testing.Cat"]);
        let wrong = prop::sample::select(vec!["Nobody", "1", "f(Cat)", "", "join(Team, Member)"]);
        prop_oneof![9 => right, 1 => wrong]
    };
    let right = prop::sample::select(vec![
        "",
        ", Team.id == Member.team_id",
        ", and_(Badge.member_id == Member.id, Cat.name != 'x')",
        ", cat.c.id >= member.c.id",
    ]);
    let wrong =
        prop::sample::select(vec![", Cat.age == Badge.id, ", ", Cat.id, Cat.age", " Cat.id", ", Cat.x"]);
    let on = prop_oneof![9 => right, 1 => wrong];
    let right = prop::sample::select(vec![".join(", ".outerjoin("]);
    let wrong = prop::sample::select(vec!["join(", ".x(", ".join"]);
    let how = prop_oneof![9 => right, 1 => wrong];
    let steps = prop::collection::vec((how, name(), on.clone(), prop::bool::weighted(0.95)), 0..6);
    let spoil = prop::option::weighted(0.2, (any::<prop::sample::Index>(), pieces()));
    ((any::<bool>(), name(), name(), on), steps, spoil).prop_map(|(first, steps, spoil)| {
        let (function, left, right, on) = first;
        let mut text = match function {
            true => format!("join({left}, {right}{on})"),
            false => left.to_owned(),
        };
        for (how, table, on, ends) in steps {
            text += &format!("{how}{table}{on}{}", if ends { ")" } else { "" });
        }
        if let Some((at, piece)) = spoil {
            text.insert_str(at.index(text.len() + 1), &piece);
        }
        text
    })
}

/// The classes that a text may name.
const MODELS: [&ModelDecl; 4] = [Team::DECLARED, Member::DECLARED, Badge::DECLARED, Cat::DECLARED];
const TABLES: [&TableDecl; 4] =
    [&Team::DECLARED.table, &Member::DECLARED.table, &Badge::DECLARED.table, &Cat::DECLARED.table];

/// What a text joins, or where it doesn't.
fn joined(text: &str) -> String {
    let told = parse(text).and_then(|term| {
        let names = Names { models: &MODELS, tables: &TABLES, queries: &Vec::new };
        let (tables, stmt) = names.joined(&term)?;
        let joins: usize = stmt.from.iter().map(|from| from.joins.len()).sum();
        assert_eq!(tables.len(), 1 + joins, "{text}");
        // What is written joins the same.
        let again = parse(&term.to_string()).and_then(|term| names.joined(&term));
        assert_eq!(again.map(|(_, stmt)| stmt).as_ref(), Ok(&stmt), "{text}");
        let names: Vec<&str> = tables.iter().map(|table| table.name).collect();
        Ok(names.join(" + "))
    });
    told.unwrap_or_else(|mistake| mistake.error("secondary", text).to_string())
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

    #[test]
    fn any_join_is_read_or_refused(text in joins()) {
        written(&text);
        joined(&text);
    }
}
