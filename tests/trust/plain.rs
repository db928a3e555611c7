//! Plain values: how much of them there may be, how deep they nest, and whose keys they have.

use expect_test::expect;
use orm::prelude::*;
use orm::{Code, IntoObj, SqlType, Value, ValueError, ValueRef};
use tests::{Db, code, show};

orm::registry!(
    /// Classes with plain values that nest.
    pub Plain
);

/// A part is made of parts, and may be in several.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(registry = Plain)]
pub struct Part {
    #[column(primary_key)]
    pub id: i64,
    #[relationship(secondary = InPart, primaryjoin = Part::id.eq(InPart::whole_id), secondaryjoin = Part::id.eq(InPart::part_id))]
    pub parts: Many<Part>,
}

/// Which part is in which.
#[derive(Table, Debug, Clone)]
#[mapped(registry = Plain)]
pub struct InPart {
    #[column(primary_key, foreign_key = Part::id)]
    pub whole_id: i64,
    #[column(primary_key, foreign_key = Part::id)]
    pub part_id: i64,
}

/// A node of a tree, of a struct that is large.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(registry = Plain)]
pub struct Wide {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Wide::id)]
    pub up_id: Option<i64>,
    #[relationship(back_populates = "down", remote_side = Wide::id)]
    pub up: Option<One<Wide>>,
    #[relationship(back_populates = "up")]
    pub down: Many<Wide>,
    pub c00: String,
    pub c01: String,
    pub c02: String,
    pub c03: String,
    pub c04: String,
    pub c05: String,
    pub c06: String,
    pub c07: String,
    pub c08: String,
    pub c09: String,
    pub c10: String,
    pub c11: String,
    pub c12: String,
    pub c13: String,
    pub c14: String,
    pub c15: String,
    pub c16: String,
    pub c17: String,
    pub c18: String,
    pub c19: String,
    pub c20: String,
    pub c21: String,
    pub c22: String,
    pub c23: String,
    pub c24: String,
    pub c25: String,
    pub c26: String,
    pub c27: String,
    pub c28: String,
    pub c29: String,
    pub c30: String,
    pub c31: String,
    pub c32: String,
    pub c33: String,
    pub c34: String,
    pub c35: String,
    pub c36: String,
    pub c37: String,
    pub c38: String,
    pub c39: String,
}

/// A node that can't store each of its numbers.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(registry = Plain)]
pub struct Wrong {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Wrong::id)]
    pub up_id: Option<i64>,
    pub number: u64,
    #[relationship]
    pub down: Many<Wrong>,
}

/// What a note may be.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Kind {
    /// What Rust's `Default` says.
    #[default]
    Draft,
    /// What the column says.
    Sent,
}

impl ColumnType for Kind {
    const SQL_TYPE: SqlType = SqlType::Text;
    const NAME: &'static str = "Kind";

    fn to_value(&self) -> Value {
        Value::Text(format!("{self:?}"))
    }

    fn from_value(value: ValueRef<'_>) -> Result<Self, ValueError> {
        match value {
            ValueRef::Text("Draft") => Ok(Kind::Draft),
            ValueRef::Text("Sent") => Ok(Kind::Sent),
            other => Err(ValueError::new(format!("{other} is no kind"))),
        }
    }
}

/// A class whose `Default` is what its columns say.
#[derive(Mapped, Debug, Clone, PartialEq)]
#[mapped(registry = Plain, default)]
pub struct Doc {
    #[column(primary_key)]
    pub id: i64,
    #[column(default = true)]
    pub open: bool,
    #[column(server_default = "'it''s'")]
    pub text: String,
    #[column(server_default = "5")]
    pub number: Option<i32>,
    #[column(default = 2, server_default = "3")]
    pub both: u8,
    #[column(server_default = "-1.5")]
    pub real: f64,
    #[column(server_default = "(1)")]
    pub yes: bool,
    #[column(server_default = "x'00ff'")]
    pub bytes: Vec<u8>,
    #[column(server_default = "null")]
    pub none: Option<String>,
    #[column(default = Kind::Sent, server_default = "'Sent'")]
    pub kind: Kind,
    #[column(default = "maybe")]
    pub maybe: Option<String>,
    pub plain: Option<i64>,
    #[column(foreign_key = Doc::id)]
    pub up_id: Option<i64>,
    #[relationship(back_populates = "down", remote_side = Doc::id)]
    pub up: Option<One<Doc>>,
    #[relationship(back_populates = "up")]
    pub down: Many<Doc>,
}

/// A table without a class has a `Default` too.
#[derive(Table, Debug, Clone, PartialEq)]
#[mapped(registry = Plain, default)]
pub struct Bare {
    #[column(server_default = "7")]
    pub number: i64,
}

/// An order has lines, whose keys have its key in them.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(registry = Plain)]
pub struct Order {
    #[column(primary_key)]
    pub id: i64,
    pub note: String,
    #[relationship(back_populates = "order")]
    pub lines: Many<Line>,
    #[relationship(back_populates = "order")]
    pub bill: Option<One<Bill>>,
}

/// A line of an order, with pieces whose keys have its key in them.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(registry = Plain)]
pub struct Line {
    #[column(primary_key, foreign_key = Order::id)]
    pub order_id: i64,
    #[column(primary_key)]
    pub number: i64,
    pub note: String,
    #[relationship(back_populates = "lines")]
    pub order: One<Order>,
    #[relationship(back_populates = "line")]
    pub pieces: Many<Piece>,
}

/// A piece of a line.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(registry = Plain, foreign_key(columns(order_id, line_number), references(Line::order_id, Line::number)))]
pub struct Piece {
    #[column(primary_key)]
    pub order_id: i64,
    #[column(primary_key)]
    pub line_number: i64,
    #[column(primary_key)]
    pub piece: i64,
    pub note: String,
    #[relationship(back_populates = "pieces")]
    pub line: One<Line>,
}

/// The bill of an order: one to one, and its key is another one.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(registry = Plain)]
pub struct Bill {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Order::id)]
    pub order_id: i64,
    pub note: String,
    #[relationship(back_populates = "bill")]
    pub order: One<Order>,
}

fn plain() -> Db {
    let db = Db::empty();
    Plain::create_all(&db.engine).unwrap();
    db.sql();
    db
}

/// Runs `f` on a stack of the size that threads have.
fn on_a_thread(f: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(2 << 20).spawn(f).unwrap().join().unwrap();
}

/// Values that nest so deep.
fn deep(depth: usize) -> Wide {
    let text = || "text".to_owned();
    let one = |down: Vec<Wide>| Wide { c00: text(), c39: text(), down: Many::new(down), ..Wide::default() };
    (1..depth).fold(one(Vec::new()), |inner, _| one(vec![inner]))
}

fn depth(value: &Wide) -> usize {
    let (mut depth, mut at) = (1, value);
    while let Some(next) = at.down.iter().next() {
        (depth, at) = (depth + 1, next);
    }
    depth
}

#[test]
fn a_plain_value_has_the_columns_only() {
    let db = plain();
    let session = db.session();
    let order = session
        .add(Order {
            lines: vec![Line { number: 1, ..Line::default() }].into(),
            bill: None,
            ..Order::default()
        })
        .unwrap();
    session.commit().unwrap();
    assert_eq!(order.lines().len().unwrap(), 1);
    let value = order.to_value().unwrap();
    assert_eq!((value.id, value.lines.is_loaded()), (1, false));
    assert!(value.bill.is_some_and(|bill| !bill.is_loaded()), "nobody knows whether there is one");
    let value = order.to_value_nested().unwrap();
    assert_eq!(value.lines.get().unwrap()[0].order_id, 1);
    assert!(!value.lines.get().unwrap()[0].order.is_loaded(), "the way back is cut");
    assert!(value.bill.is_some_and(|bill| !bill.is_loaded()), "it isn't loaded");
    assert_eq!(order.bill().unwrap(), None);
    assert!(order.to_value_nested().unwrap().bill.is_none());
}

/// Layers of two parts, each made of both of the next layer.
fn layers(count: usize) -> Obj<Part> {
    let pair = || [Part::default().into_obj().unwrap(), Part::default().into_obj().unwrap()];
    let top = Part::default().into_obj().unwrap();
    let mut last = vec![top.clone()];
    for _ in 0..count {
        let next = pair();
        for part in last {
            part.parts().extend(&next).unwrap();
        }
        last = next.to_vec();
    }
    top
}

#[test]
fn shared_parts_are_nested_for_each_path_up_to_a_limit() {
    fn count(part: &Part) -> usize {
        1 + part.parts.iter().map(count).sum::<usize>()
    }
    assert_eq!(count(&layers(10).to_value_nested().unwrap()), 2047);
    // 2^25 paths to 49 parts.
    let many = layers(24);
    expect!["[value] `Part.parts`: the plain value would nest more than 100000 objects; help: what several objects lead to is nested in each of them: take the parts one by one"]
        .assert_eq(&show(many.to_value_nested().map(drop)));
    assert!(!many.to_value().unwrap().parts.is_loaded());
}

#[test]
fn a_circle_is_cut_where_it_closes() {
    let one = Part::default().into_obj().unwrap();
    let two = Part::default().into_obj().unwrap();
    one.parts().append(&two).unwrap();
    two.parts().append(&one).unwrap();
    let value = one.to_value_nested().unwrap();
    assert!(!value.parts.get().unwrap()[0].parts.is_loaded());
    one.parts().append(&one).unwrap();
    assert!(!one.to_value_nested().unwrap().parts.is_loaded());
}

#[test]
fn values_may_nest_as_deep_as_wanted() {
    on_a_thread(|| {
        let db = plain();
        let session = db.session();
        session.add(deep(2_000)).unwrap();
        session.add(Wide { down: vec![deep(2_000)].into(), ..Wide::default() }).unwrap();
        let top = session.add(deep(128)).unwrap();
        top.down().append(deep(2_000)).unwrap();
        session.merge(deep(2_000)).unwrap();
        session.commit().unwrap();
        assert_eq!(session.scalars(select(Wide)).unwrap().all().unwrap().len(), 8_129);
        let mut at = top;
        for _ in 0..127 {
            at = at.down().get(0).unwrap().unwrap();
            assert_eq!((at.c00().unwrap(), at.c39().unwrap()), ("text".to_owned(), "text".to_owned()));
        }
        assert_eq!(at.down().len().unwrap(), 0);
    });
}

#[test]
fn a_mistake_deep_within_is_an_error() {
    on_a_thread(|| {
        let db = plain();
        let session = db.session();
        let wrong = Wrong { id: 0, up_id: None, number: u64::MAX, down: Many::default() };
        let one = |down| Wrong { down: Many::new(vec![down]), ..Wrong::default() };
        let value = (0..2_000).fold(wrong, |inner, _| one(inner));
        expect!["[value] `Wrong.number`: 18446744073709551615 is larger than the largest integer that a database stores, 9223372036854775807"]
            .assert_eq(&show(session.add(value)));
        assert_eq!(session.scalars(select(Wrong)).unwrap().all().unwrap(), []);
    });
}

#[test]
fn deep_values_are_dropped() {
    on_a_thread(|| {
        drop(deep(100_000));
        let one = |up: Option<One<Wide>>| Wide { up, ..Wide::default() };
        drop((0..100_000).fold(one(None), |inner, _| one(Some(One::new(inner)))));
        let mut taken = deep(100_000);
        let down = std::mem::take(&mut taken.down).into_vec().unwrap();
        drop((taken, down));
    });
}

#[test]
fn a_deep_graph_of_objects_has_no_deep_value() {
    on_a_thread(|| {
        let graph = |depth: usize| {
            let top = Wrong::default().into_obj().unwrap();
            let add = |last: Obj<Wrong>, _| last.down().append(Wrong::default()).unwrap();
            (1..depth).fold(top.clone(), add);
            top
        };
        graph(128).to_value_nested().unwrap();
        expect!["[value] `Wrong.down`: the plain value would nest deeper than 128 objects; help: take the parts one by one"]
            .assert_eq(&show(graph(129).to_value_nested().map(drop)));
        // Of large structs fewer, where a debug build would need more of the stack than there is.
        for deepest in [16, 128, 1_000] {
            match deep(deepest).into_obj().unwrap().to_value_nested() {
                Ok(value) => assert_eq!(depth(&value), deepest),
                Err(error) => assert!(deepest > 16 && error.code() == Code::Value, "{error}"),
            }
        }
    });
}

/// An order whose nested values say 0, or another order, where their key to it stands.
fn order(id: i64, wrong: i64, note: &str) -> Order {
    let piece =
        |piece| Piece { piece, order_id: wrong, line_number: wrong, note: note.into(), ..Piece::default() };
    let line = |number| Line {
        order_id: wrong,
        number,
        note: note.into(),
        pieces: vec![piece(1), piece(2)].into(),
        ..Line::default()
    };
    let bill = Bill { id, order_id: wrong, note: note.into(), ..Bill::default() };
    Order { id, note: note.into(), lines: vec![line(1), line(2)].into(), bill: Some(One::new(bill)) }
}

const ROWS: &str =
    "SELECT o.id, o.note, l.order_id, l.number, l.note, p.line_number, p.piece, p.note, b.order_id, b.note
    FROM \"order\" o JOIN line l ON l.order_id = o.id
    JOIN piece p ON p.order_id = l.order_id AND p.line_number = l.number
    LEFT JOIN bill b ON b.order_id = o.id ORDER BY 1, 4, 7";

fn rows(id: i64, note: &str) -> String {
    let row =
        |(line, piece)| format!("{id}|'{note}'|{id}|{line}|'{note}'|{line}|{piece}|'{note}'|{id}|'{note}'\n");
    [(1, 1), (1, 2), (2, 1), (2, 2)].map(row).concat()
}

#[test]
fn the_key_to_the_parent_is_that_of_the_parent() {
    for wrong in [0, 9] {
        let db = plain();
        let session = db.session();
        session.add(order(5, wrong, "new")).unwrap();
        session.commit().unwrap();
        assert_eq!(db.rows(ROWS), rows(5, "new"));
        // Merged onto the rows that are there, loaded or not.
        for note in ["again", "loaded"] {
            let given = order(5, wrong, note).into_obj().unwrap();
            let merged = session.merge(&given).unwrap();
            session.commit().unwrap();
            assert_eq!(db.rows(ROWS), rows(5, note));
            assert_eq!(merged.lines().len().unwrap(), 2);
        }
        let other = db.session();
        other.merge(order(5, wrong, "other")).unwrap();
        other.commit().unwrap();
        assert_eq!(db.rows(ROWS), rows(5, "other"));
        // Values in a builder, and a round trip.
        let third = db.session();
        let Order { lines, bill, .. } = order(5, wrong, "built");
        let built = Order::builder().id(5).note("built").lines(lines.into_vec().unwrap());
        let built = built.bill(bill.unwrap().into_inner().unwrap()).into_obj().unwrap();
        third.merge(&built).unwrap();
        third.commit().unwrap();
        assert_eq!(db.rows(ROWS), rows(5, "built"));
        let found = third.get_one::<Order>(5).unwrap();
        found.lines().iter().unwrap().for_each(|line| _ = line.pieces().len().unwrap());
        found.bill().unwrap();
        let value = found.to_value_nested().unwrap();
        let fourth = db.session();
        fourth.merge(value.clone()).unwrap();
        fourth.commit().unwrap();
        assert_eq!(db.rows(ROWS), rows(5, "built"));
    }
}

#[test]
fn a_parent_without_a_key_gives_it_when_it_has_one() {
    let db = plain();
    let session = db.session();
    let first = session.add(order(0, 7, "x")).unwrap();
    assert_eq!(code(first.lines().get(0).unwrap().unwrap().order_id()), Code::Unset);
    session.commit().unwrap();
    assert_eq!(db.rows(ROWS), rows(1, "x"));
    let merged = session.merge(order(0, 1, "y")).unwrap();
    session.commit().unwrap();
    assert_eq!(merged.id().unwrap(), 2);
    assert_eq!(db.rows(ROWS), rows(1, "x") + &rows(2, "y"));
}

#[test]
fn a_nested_parent_gives_its_key_to_the_value_around_it() {
    let db = plain();
    let session = db.session();
    session.add(order(5, 0, "new")).unwrap();
    session.commit().unwrap();
    // The bill says nothing of its order but by nesting it.
    for session in [db.session(), session] {
        let order = Order { id: 5, note: "merged".into(), bill: Some(One::default()), ..Order::default() };
        let bill = Bill { id: 5, order_id: 0, note: "merged".into(), order: One::new(order.clone()) };
        session.merge(bill).unwrap();
        let line =
            Line { order_id: 0, number: 2, note: "merged".into(), order: One::new(order), ..Line::default() };
        session.merge(line).unwrap();
        session.commit().unwrap();
        assert_eq!(
            db.rows(
                "SELECT b.id, b.order_id, b.note, o.note FROM bill b JOIN \"order\" o ON o.id = b.order_id"
            ),
            "5|5|'merged'|'merged'\n"
        );
        assert_eq!(db.rows("SELECT order_id, number, note FROM line"), "5|1|'new'\n5|2|'merged'\n");
    }
}

#[test]
fn a_default_value_is_what_a_builder_makes() {
    let db = plain();
    let session = db.session();
    let value = session.add(Doc::default()).unwrap();
    let built = session.add(Doc::builder()).unwrap();
    session.commit().unwrap();
    let columns = "open, text, number, both, real, yes, bytes, none, kind, maybe, plain, up_id";
    let row = "1|'it''s'|5|2|-1.5|1|x'00ff'|NULL|'Sent'|'maybe'|NULL|NULL\n";
    assert_eq!(db.rows(&format!("SELECT {columns} FROM doc")), row.repeat(2));
    let built = built.to_value().unwrap();
    assert_eq!(Doc { id: 2, up: Some(One::default()), ..Doc::default() }, built);
    assert_eq!(value.to_value().unwrap(), Doc { id: 1, ..built });
    assert_eq!(Bare::default(), Bare { number: 7 });
    // What is given stays.
    let nested = Doc { text: "down".into(), ..Doc::default() };
    let top = session.add(Doc { both: 9, down: vec![nested].into(), ..Doc::default() }).unwrap();
    session.commit().unwrap();
    assert_eq!((top.id().unwrap(), top.both().unwrap(), top.open().unwrap()), (3, 9, true));
    assert_eq!(top.down().get(0).unwrap().unwrap().text().unwrap(), "down");
    assert_eq!(top.down().get(0).unwrap().unwrap().up_id().unwrap(), Some(3));
}
