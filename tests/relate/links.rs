//! Many to many in graphs: two association tables between the same classes, a class linked to itself, and an object to one.

use expect_test::expect;
use orm::IntoObj;
use orm::prelude::*;
use tests::Db;

orm::registry!(
    /// These classes.
    pub Graph
);

#[derive(Mapped)]
#[mapped(registry = Graph)]
struct Place {
    #[column(primary_key)]
    id: i64,
    name: String,
    #[relationship(secondary = Input, back_populates = "inputs", order_by = Transition::id)]
    goes_to: Many<Transition>,
    #[relationship(secondary = Output, back_populates = "outputs", order_by = Transition::id)]
    comes_from: Many<Transition>,
    #[relationship(
        secondary = Way,
        back_populates = "before",
        primaryjoin = Place::id.eq(Way::from),
        secondaryjoin = Place::id.eq(Way::to),
        order_by = Way::to
    )]
    next: Many<Place>,
    #[relationship(
        secondary = Way,
        back_populates = "next",
        primaryjoin = Place::id.eq(Way::to),
        secondaryjoin = Place::id.eq(Way::from)
    )]
    before: Many<Place>,
    #[relationship(lazy = "joined")]
    things: Many<Thing>,
    #[relationship(secondary = Crest, back_populates = "places", order_by = Sign::id)]
    signs: Many<Sign>,
    #[relationship(secondary = Only, back_populates = "place", order_by = Sign::id)]
    only: Many<Sign>,
}

#[derive(Mapped)]
#[mapped(registry = Graph)]
struct Thing {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Place::id)]
    place_id: i64,
}

#[derive(Mapped)]
#[mapped(registry = Graph)]
struct Transition {
    #[column(primary_key)]
    id: i64,
    name: String,
    #[relationship(secondary = Input, back_populates = "goes_to", order_by = Place::id, lazy = "joined")]
    inputs: Many<Place>,
    #[relationship(secondary = Output, back_populates = "comes_from", order_by = Place::id, lazy = "joined")]
    outputs: Many<Place>,
}

#[derive(Mapped)]
#[mapped(registry = Graph)]
struct Sign {
    #[column(primary_key)]
    id: i64,
    #[relationship(secondary = Crest, back_populates = "signs")]
    places: Many<Place>,
    #[relationship(secondary = Only, back_populates = "only")]
    place: Option<One<Place>>,
}

macro_rules! links {
    ($($name:ident $table:literal: $first:ident $one:ident, $second:ident $other:ident;)*) => {$(
        #[derive(Table)]
        #[mapped(registry = Graph, table = $table)]
        struct $name {
            #[column(foreign_key = $one::id)]
            $first: i64,
            #[column(foreign_key = $other::id)]
            $second: i64,
        }
    )*};
}

links! {
    Input "place_input": place_id Place, transition_id Transition;
    Output "place_output": place_id Place, transition_id Transition;
    Way "way": from Place, to Place;
    Crest "crest": place_id Place, sign_id Sign;
    Only "only": place_id Place, sign_id Sign;
}

fn graph() -> (Db, Session) {
    let db = Db::empty();
    Graph::create_all(&db.engine).unwrap();
    let session = db.session();
    db.sql();
    (db, session)
}

fn place(name: &str) -> Obj<Place> {
    Place::builder().name(name).into_obj().unwrap()
}

fn names(places: &orm::Collection<Place>) -> String {
    places.iter().unwrap().map(|place| place.name().unwrap()).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_class_linked_to_itself() {
    let (_, session) = graph();
    let all = ["1", "2", "3", "4", "5", "6", "7"].map(place);
    session.add_all(&all).unwrap();
    for (from, to) in [(1, 2), (1, 3), (5, 6), (6, 1), (7, 1), (1, 5), (4, 3), (3, 4)] {
        all[from - 1].next().append(&all[to - 1]).unwrap();
    }
    session.commit().unwrap();
    let next = all.each_ref().map(|place| names(&place.next()));
    assert_eq!(next, ["2 3 5", "", "4", "3", "6", "1", "1"]);
}

/// Both lead to each other, one link from each side.
#[test]
fn two_objects_linked_to_each_other() {
    let (db, session) = graph();
    let (one, two) = (place("one"), place("two"));
    two.set_before([&one]).unwrap();
    session.add_all([&one, &two]).unwrap();
    one.before().append(&two).unwrap();
    session.commit().unwrap();
    assert!(two.before().contains(&one).unwrap() && one.before().contains(&two).unwrap());
    assert!(two.next().contains(&one).unwrap() && one.next().contains(&two).unwrap());
    assert_eq!(db.rows("SELECT \"from\", \"to\" FROM way ORDER BY 1"), "1|2\n2|1\n");
}

#[test]
fn two_tables_between_two_classes_are_joined() {
    let (db, session) = graph();
    let places = ["1", "2", "3"].map(place);
    let transition = Transition::builder().name("t").inputs([&places[0]]).outputs([&places[1], &places[2]]);
    session.add(transition).unwrap();
    session.commit().unwrap();
    session.expunge_all();
    db.sql();
    let found = session.scalars(select(Transition)).unwrap().one().unwrap();
    assert_eq!((names(&found.inputs()), names(&found.outputs())), ("1".into(), "2 3".into()));
    assert_eq!(found.outputs().get(0).unwrap().unwrap().things().len().unwrap(), 0);
    expect![[r#"
        SELECT "transition"."id", "transition"."name", "place_2"."id", "place_2"."name", "thing_3"."id", "thing_3"."place_id", "place_5"."id", "place_5"."name", "thing_6"."id", "thing_6"."place_id" FROM "transition" LEFT JOIN ("place_input" AS "place_input_1" JOIN "place" AS "place_2" ON "place_2"."id" = "place_input_1"."place_id") ON "transition"."id" = "place_input_1"."transition_id" LEFT JOIN "thing" AS "thing_3" ON "place_2"."id" = "thing_3"."place_id" LEFT JOIN ("place_output" AS "place_output_4" JOIN "place" AS "place_5" ON "place_5"."id" = "place_output_4"."place_id") ON "transition"."id" = "place_output_4"."transition_id" LEFT JOIN "thing" AS "thing_6" ON "place_5"."id" = "thing_6"."place_id" ORDER BY "place_2"."id", "place_5"."id"
    "#]].assert_eq(&db.sql());
}

/// Links of both tables are made from both sides, and each is written once.
#[test]
fn two_tables_from_both_sides() {
    let (db, session) = graph();
    let [p1, p2, p3] = ["1", "2", "3"].map(place);
    let [t1, t2, t3] = ["t1", "t2", "t3"].map(|name| Transition::builder().name(name).into_obj().unwrap());
    session.add_all((&p3, &p1, &t1, &t2, &p2, &t3)).unwrap();
    session.flush().unwrap();
    t1.inputs().extend([&p1, &p2]).unwrap();
    t1.outputs().append(&p3).unwrap();
    t2.inputs().append(&p1).unwrap();
    p2.goes_to().append(&t2).unwrap();
    p3.goes_to().append(&t2).unwrap();
    p1.comes_from().append(&t1).unwrap();
    session.commit().unwrap();
    assert_eq!(names(&t1.outputs()), "3 1");
    assert_eq!(names(&t2.inputs()), "3 1 2");
    let to: Vec<_> = p2.goes_to().iter().unwrap().map(|one| one.name().unwrap()).collect();
    assert_eq!(to, ["t1", "t2"]);
    assert_eq!(t3.inputs().len().unwrap(), 0);
    assert_eq!(db.rows("SELECT count(*) FROM place_input"), "5\n");
    assert_eq!(db.rows("SELECT count(*) FROM place_output"), "2\n");
}

#[test]
fn a_deletion_takes_its_links() {
    let (db, session) = graph();
    let sign = || Sign::builder();
    let one = session.add(Place::builder().name("one").signs([sign()])).unwrap();
    let two = session.add(Place::builder().name("two").signs([sign()])).unwrap();
    session.commit().unwrap();
    session.delete(&one).unwrap();
    session.flush().unwrap();
    assert_eq!(db.rows_in(&session, "SELECT place_id FROM crest"), "2\n");
    session.delete(&two).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT count(*) FROM crest"), "0\n");
    assert_eq!(db.rows("SELECT count(*) FROM sign"), "2\n");
}

#[test]
fn a_link_to_one_is_let_go_of() {
    let (db, session) = graph();
    let place = session.add(Place::builder().name("one").only([Sign::builder(), Sign::builder()])).unwrap();
    session.commit().unwrap();
    let second = session.get_one::<Sign>(2).unwrap();
    assert_eq!(second.place().unwrap().as_ref(), Some(&place));
    second.set_place(None).unwrap();
    db.sql();
    session.commit().unwrap();
    expect![[r#"
        DELETE FROM "only" WHERE "place_id" = ? AND "sign_id" = ? [1, 2]
    "#]]
    .assert_eq(&db.sql());
    assert_eq!((place.only().len().unwrap(), second.place().unwrap()), (1, None));
    assert_eq!(db.rows("SELECT sign_id FROM only"), "1\n");
}
