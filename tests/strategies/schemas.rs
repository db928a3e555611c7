//! How relationships between two databases are loaded.

use expect_test::expect;
use orm::prelude::*;
use tests::schemas::*;

/// Loads readers with an option for each relationship, reads all of them, and states what ran.
macro_rules! loads {
    ($query:expr, $expected:expr) => {
        let db = two_filled();
        let session = db.session();
        let readers = session.scalars($query).unwrap().all().unwrap();
        for reader in &readers {
            let is_ed = reader.name().unwrap() == "ed";
            let counts = [
                reader.letters().len().unwrap(),
                reader.tags().len().unwrap(),
                reader.marks().len().unwrap(),
                reader.tags_by_text().len().unwrap(),
            ];
            assert_eq!(counts, if is_ed { [2; 4] } else { [0; 4] });
            assert_eq!(reader.boss().unwrap().is_some(), is_ed);
            assert_eq!(reader.reports().len().unwrap(), usize::from(!is_ed));
        }
        $expected.assert_eq(&db.sql());
    };
}

macro_rules! all_by {
    ($how:ident) => {
        select(Reader).order_by(Reader::name).options((
            $how(Reader::letters),
            $how(Reader::tags),
            $how(Reader::marks),
            $how(Reader::tags_by_text),
            $how(Reader::boss),
            $how(Reader::reports),
        ))
    };
}

#[test]
fn one_by_one() {
    loads!(
        select(Reader).filter(Reader::name.eq("ed")),
        expect![[r#"
            SELECT "archive"."people"."id", "archive"."people"."name", "archive"."people"."boss_id" FROM "archive"."people" WHERE "archive"."people"."name" = ? ['ed']
            SELECT "letters"."id", "letters"."reader_id", "letters"."text" FROM "letters" WHERE ? = "letters"."reader_id" ORDER BY "letters"."id" [2]
            SELECT "tags"."id", "tags"."name" FROM "tags", "archive"."links" WHERE ? = "archive"."links"."reader_id" AND "tags"."id" = "archive"."links"."tag_id" ORDER BY "tags"."id" [2]
            SELECT "marks"."id", "marks"."mark_id" FROM "marks", "archive"."marks" AS "marks_2" WHERE ? = "marks_2"."reader_id" AND "marks"."id" = "marks_2"."mark_id" ORDER BY "marks"."id" [2]
            SELECT "tags"."id", "tags"."name" FROM "tags", "archive"."links" WHERE ? = "archive"."links"."reader_id" AND "tags"."id" = "archive"."links"."tag_id" ORDER BY "tags"."name" [2]
            SELECT "id", "name", "boss_id" FROM "archive"."people" WHERE "id" = ? [1]
            SELECT "archive"."people"."id", "archive"."people"."name", "archive"."people"."boss_id" FROM "archive"."people" WHERE ? = "archive"."people"."boss_id" ORDER BY "archive"."people"."id" [2]
        "#]]
    );
}

#[test]
fn by_lists_of_keys() {
    loads!(
        all_by!(selectin),
        expect![[r#"
            SELECT "archive"."people"."id", "archive"."people"."name", "archive"."people"."boss_id" FROM "archive"."people" ORDER BY "archive"."people"."name"
            SELECT "archive"."people"."id", "archive"."people"."name", "archive"."people"."boss_id" FROM "archive"."people" WHERE "archive"."people"."boss_id" IN (SELECT +value FROM json_each(?)) ORDER BY "archive"."people"."id" ['[1,2]']
            SELECT "letters"."id", "letters"."reader_id", "letters"."text" FROM "letters" WHERE "letters"."reader_id" IN (SELECT +value FROM json_each(?)) ORDER BY "letters"."id" ['[1,2]']
            SELECT "tags"."id", "tags"."name", "archive"."links"."reader_id" FROM "tags", "archive"."links" WHERE "archive"."links"."reader_id" IN (SELECT +value FROM json_each(?)) AND "tags"."id" = "archive"."links"."tag_id" ORDER BY "tags"."id" ['[1,2]']
            SELECT "marks"."id", "marks"."mark_id", "marks_2"."reader_id" FROM "marks", "archive"."marks" AS "marks_2" WHERE "marks_2"."reader_id" IN (SELECT +value FROM json_each(?)) AND "marks"."id" = "marks_2"."mark_id" ORDER BY "marks"."id" ['[1,2]']
            SELECT "tags"."id", "tags"."name", "archive"."links"."reader_id" FROM "tags", "archive"."links" WHERE "archive"."links"."reader_id" IN (SELECT +value FROM json_each(?)) AND "tags"."id" = "archive"."links"."tag_id" ORDER BY "tags"."name" ['[1,2]']
        "#]]
    );
}

#[test]
fn by_joins() {
    loads!(
        all_by!(joined),
        expect![[r#"
            SELECT "archive"."people"."id", "archive"."people"."name", "archive"."people"."boss_id", "people_1"."id", "people_1"."name", "people_1"."boss_id", "people_2"."id", "people_2"."name", "people_2"."boss_id", "letters_3"."id", "letters_3"."reader_id", "letters_3"."text", "tags_5"."id", "tags_5"."name", "marks_7"."id", "marks_7"."mark_id", "tags_9"."id", "tags_9"."name" FROM "archive"."people" LEFT JOIN "archive"."people" AS "people_1" ON "people_1"."id" = "archive"."people"."boss_id" LEFT JOIN "archive"."people" AS "people_2" ON "archive"."people"."id" = "people_2"."boss_id" LEFT JOIN "letters" AS "letters_3" ON "archive"."people"."id" = "letters_3"."reader_id" LEFT JOIN ("archive"."links" AS "links_4" JOIN "tags" AS "tags_5" ON "tags_5"."id" = "links_4"."tag_id") ON "archive"."people"."id" = "links_4"."reader_id" LEFT JOIN ("archive"."marks" AS "marks_6" JOIN "marks" AS "marks_7" ON "marks_7"."id" = "marks_6"."mark_id") ON "archive"."people"."id" = "marks_6"."reader_id" LEFT JOIN ("archive"."links" AS "links_8" JOIN "tags" AS "tags_9" ON "tags_9"."id" = "links_8"."tag_id") ON "archive"."people"."id" = "links_8"."reader_id" ORDER BY "archive"."people"."name", "people_2"."id", "letters_3"."id", "tags_5"."id", "marks_7"."id", "tags_9"."name"
        "#]]
    );
}

#[test]
fn a_key_of_two_columns() {
    let db = two_filled();
    let session = db.session();
    let volumes = session.scalars(select(Volume).options(selectin(Volume::pages))).unwrap().all().unwrap();
    assert_eq!(volumes[0].pages().len().unwrap(), 2);
    let session = db.session();
    let pages = session.scalars(select(Page).options(joined(Page::volume))).unwrap().all().unwrap();
    assert_eq!(pages[1].volume().unwrap().series().unwrap(), "s");
    expect![[r#"
        SELECT "archive"."volumes"."series", "archive"."volumes"."number" FROM "archive"."volumes"
        SELECT "pages"."id", "pages"."series", "pages"."number" FROM "pages" WHERE ? = "pages"."series" AND ? = "pages"."number" ORDER BY "pages"."id" ['s', 1]
        SELECT "pages"."id", "pages"."series", "pages"."number", "volumes_1"."series", "volumes_1"."number" FROM "pages" LEFT JOIN "archive"."volumes" AS "volumes_1" ON "volumes_1"."series" = "pages"."series" AND "volumes_1"."number" = "pages"."number"
    "#]].assert_eq(&db.sql());
}

/// Both tables are called `people`.
#[test]
fn tables_of_one_name() {
    let db = two_filled();
    for query in [
        select(Person).order_by(Person::name),
        select(Person).order_by(Person::name).options(selectin(Person::reader)),
        select(Person).order_by(Person::name).options(joined(Person::reader)),
    ] {
        let session = db.session();
        let people = session.scalars(query).unwrap().all().unwrap();
        let readers: Vec<Option<String>> = people
            .iter()
            .map(|person| person.reader().unwrap().map(|reader| reader.name().unwrap()))
            .collect();
        assert_eq!(readers, [Some("ed".to_owned()), None]);
    }
    expect![[r#"
        SELECT "people"."id", "people"."name", "people"."reader_id" FROM "people" ORDER BY "people"."name"
        SELECT "id", "name", "boss_id" FROM "archive"."people" WHERE "id" = ? [2]
        SELECT "people"."id", "people"."name", "people"."reader_id" FROM "people" ORDER BY "people"."name"
        SELECT "id", "name", "boss_id" FROM "archive"."people" WHERE "id" = ? [2]
        SELECT "people"."id", "people"."name", "people"."reader_id", "people_1"."id", "people_1"."name", "people_1"."boss_id" FROM "people" LEFT JOIN "archive"."people" AS "people_1" ON "people_1"."id" = "people"."reader_id" ORDER BY "people"."name"
    "#]].assert_eq(&db.sql());
}

mod other_ways {
    use orm::prelude::*;
    use orm::{Dynamic, WriteOnly};

    orm::registry!(
        /// By rarer ways.
        pub OtherWays
    );

    /// In the main database.
    #[derive(Mapped, Debug, Clone, Default)]
    #[mapped(registry = OtherWays, table = "node")]
    pub struct Shelf {
        #[column(primary_key)]
        pub id: i64,
        pub name: String,
        #[relationship(viewonly, omit_join = false, order_by = Node::id, foreign_keys = Node::shelf_id,
            primaryjoin = Shelf::id.eq(Node::shelf_id).and(Node::name.ne(Shelf::name)))]
        pub nodes: Many<Node>,
        #[relationship(viewonly, lazy = "batch", order_by = Node::id)]
        pub batch: Many<Node>,
        pub written: WriteOnly<Node>,
        #[relationship(overlaps = "written", order_by = Node::id)]
        pub asked: Dynamic<Node>,
        #[relationship(viewonly, order_by = Leaf::id, secondary = "join(archive.node, archive.twigs, archive.node.c.id == archive.twigs.c.node_id)",
            primaryjoin = "Shelf.id == archive.node.c.shelf_id", secondaryjoin = "Leaf.id == archive.twigs.c.leaf_id")]
        pub leaves: Many<Leaf>,
        #[column(expression = count_of_nodes(), deferred)]
        pub count: i64,
        #[relationship(viewonly, foreign_keys = Label::shelf_id, primaryjoin = Shelf::id.eq(Label::shelf_id)
            .and(orm::exists(select(Node).filter(Node::shelf_id.eq(Shelf::id).and(Node::name.ne(Label::name))))))]
        pub labels: Many<Label>,
    }

    /// The nodes of a shelf, whose table is called like theirs.
    fn count_of_nodes() -> orm::Expr<i64> {
        select(orm::func::count(Node::id)).filter(Node::shelf_id.eq(Shelf::id)).scalar()
    }

    /// In the main database.
    #[derive(Mapped, Debug, Clone, Default)]
    #[mapped(registry = OtherWays)]
    pub struct Label {
        #[column(primary_key)]
        pub id: i64,
        pub name: String,
        #[column(foreign_key = Shelf::id)]
        pub shelf_id: Option<i64>,
    }

    /// In another one, by the same name.
    #[derive(Mapped, Debug, Clone, Default)]
    #[mapped(registry = OtherWays, table = "node", schema = "archive")]
    pub struct Node {
        #[column(primary_key)]
        pub id: i64,
        pub name: String,
        #[column(foreign_key = Shelf::id)]
        pub shelf_id: Option<i64>,
        #[relationship(secondary = Twig)]
        pub leaves: WriteOnly<Leaf>,
    }

    /// In the main one.
    #[derive(Mapped, Debug, Clone, Default)]
    #[mapped(registry = OtherWays)]
    pub struct Leaf {
        #[column(primary_key)]
        pub id: i64,
    }

    /// Between both.
    #[derive(Table)]
    #[mapped(registry = OtherWays, table = "twigs", schema = "archive")]
    pub struct Twig {
        #[column(primary_key, foreign_key = Node::id)]
        pub node_id: i64,
        #[column(primary_key, foreign_key = Leaf::id)]
        pub leaf_id: i64,
    }
}

/// By keys of the parents, many at once, by queries, through joins that a text says.
#[test]
fn rarer_ways_between_tables_of_one_name() {
    use other_ways::*;
    let db = two_databases();
    OtherWays::create_all(&db.engine).unwrap();
    let session = db.session();
    let shelf = session.add(Shelf::builder().name("a")).unwrap();
    let node = session.add(Node::builder().name("n")).unwrap();
    shelf.written().add(&node).unwrap();
    shelf.asked().append(Node::builder().name("a")).unwrap();
    let leaf = session.add(Leaf::builder()).unwrap();
    node.leaves().add(&leaf).unwrap();
    session.commit().unwrap();
    drop((node, leaf));
    db.sql();
    assert_eq!(session.run(shelf.written().delete().filter(Node::name.eq("none"))).unwrap(), 0);
    assert_eq!(
        session.run(shelf.written().update().set(Node::name, "n").filter(Node::name.eq("n"))).unwrap(),
        1
    );
    assert_eq!(shelf.asked().filter(Node::name.eq("n")).count().unwrap(), 1);
    drop((shelf, session));
    let session = db.session();
    let shelf = session
        .scalars(select(Shelf).options((selectin(Shelf::nodes), selectin(Shelf::leaves))))
        .unwrap()
        .one()
        .unwrap();
    assert_eq!(shelf.nodes().len().unwrap(), 1);
    assert_eq!(shelf.batch().len().unwrap(), 2);
    assert_eq!(shelf.leaves().len().unwrap(), 1);
    drop((shelf, session));
    let session = db.session();
    let shelf = session
        .scalars(select(Shelf).options((joined(Shelf::nodes), joined(Shelf::leaves))))
        .unwrap()
        .one()
        .unwrap();
    assert_eq!(shelf.nodes().len().unwrap(), 1);
    assert_eq!(shelf.leaves().len().unwrap(), 1);
    session.expire(&shelf).unwrap();
    assert_eq!(shelf.nodes().len().unwrap(), 1);
    assert_eq!(shelf.leaves().len().unwrap(), 1);
    expect![[r#"
        SELECT "node"."id", "node"."name", NULL FROM "node" WHERE "node"."id" = ? [1]
        DELETE FROM "archive"."node" WHERE ? = "archive"."node"."shelf_id" AND "archive"."node"."name" = ? [1, 'none']
        UPDATE "archive"."node" SET "name" = ? WHERE ? = "archive"."node"."shelf_id" AND "archive"."node"."name" = ? ['n', 1, 'n']
        SELECT count(*) FROM (SELECT "archive"."node"."id", "archive"."node"."name", "archive"."node"."shelf_id" FROM "archive"."node" WHERE ? = "archive"."node"."shelf_id" AND "archive"."node"."name" = ?) AS "rows" [1, 'n']
        SELECT "node"."id", "node"."name", NULL FROM "node"
        SELECT "archive"."node"."id", "archive"."node"."name", "archive"."node"."shelf_id", "node_1"."id" FROM "node" AS "node_1" JOIN "archive"."node" ON "node_1"."id" = "archive"."node"."shelf_id" AND "archive"."node"."name" <> "node_1"."name" WHERE "node_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "archive"."node"."id" ['[1]']
        SELECT "leaf"."id" FROM "leaf", (SELECT "archive"."node"."id" AS "archive_node_id", "archive"."node"."name" AS "archive_node_name", "archive"."node"."shelf_id" AS "archive_node_shelf_id", "archive"."twigs"."node_id" AS "archive_twigs_node_id", "archive"."twigs"."leaf_id" AS "archive_twigs_leaf_id" FROM "archive"."node" JOIN "archive"."twigs" ON "archive"."node"."id" = "archive"."twigs"."node_id") AS "archive_node_archive_twigs" WHERE ? = "archive_node_archive_twigs"."archive_node_shelf_id" AND "leaf"."id" = "archive_node_archive_twigs"."archive_twigs_leaf_id" ORDER BY "leaf"."id" [1]
        SELECT "archive"."node"."id", "archive"."node"."name", "archive"."node"."shelf_id" FROM "archive"."node" WHERE ? = "archive"."node"."shelf_id" ORDER BY "archive"."node"."id" [1]
        SELECT "node"."id", "node"."name", NULL, "node_1"."id", "node_1"."name", "node_1"."shelf_id", "leaf_3"."id" FROM "node" LEFT JOIN "archive"."node" AS "node_1" ON "node"."id" = "node_1"."shelf_id" AND "node_1"."name" <> "node"."name" LEFT JOIN ((SELECT "archive"."node"."id" AS "archive_node_id", "archive"."node"."name" AS "archive_node_name", "archive"."node"."shelf_id" AS "archive_node_shelf_id", "archive"."twigs"."node_id" AS "archive_twigs_node_id", "archive"."twigs"."leaf_id" AS "archive_twigs_leaf_id" FROM "archive"."node" JOIN "archive"."twigs" ON "archive"."node"."id" = "archive"."twigs"."node_id") AS "archive_node_archive_twigs_2" JOIN "leaf" AS "leaf_3" ON "leaf_3"."id" = "archive_node_archive_twigs_2"."archive_twigs_leaf_id") ON "node"."id" = "archive_node_archive_twigs_2"."archive_node_shelf_id" ORDER BY "node_1"."id", "leaf_3"."id"
        SELECT "node"."id", "node"."name", NULL, "node_1"."id", "node_1"."name", "node_1"."shelf_id", "leaf_3"."id" FROM "node" LEFT JOIN "archive"."node" AS "node_1" ON "node"."id" = "node_1"."shelf_id" AND "node_1"."name" <> "node"."name" LEFT JOIN ((SELECT "archive"."node"."id" AS "archive_node_id", "archive"."node"."name" AS "archive_node_name", "archive"."node"."shelf_id" AS "archive_node_shelf_id", "archive"."twigs"."node_id" AS "archive_twigs_node_id", "archive"."twigs"."leaf_id" AS "archive_twigs_leaf_id" FROM "archive"."node" JOIN "archive"."twigs" ON "archive"."node"."id" = "archive"."twigs"."node_id") AS "archive_node_archive_twigs_2" JOIN "leaf" AS "leaf_3" ON "leaf_3"."id" = "archive_node_archive_twigs_2"."archive_twigs_leaf_id") ON "node"."id" = "archive_node_archive_twigs_2"."archive_node_shelf_id" WHERE "node"."id" = ? ORDER BY "node_1"."id", "leaf_3"."id" [1]
    "#]].assert_eq(&db.sql());
}

/// Queries within expressions and conditions, where SQLite would take the table around them for their own.
#[test]
fn queries_within_declarations_and_tables_of_one_name() {
    use other_ways::*;
    let db = two_databases();
    OtherWays::create_all(&db.engine).unwrap();
    let session = db.session();
    // Its own key is that of another row in each table.
    session.add(Node::builder().name("lost")).unwrap();
    session.flush().unwrap();
    for name in ["a", "b"] {
        let shelf = session.add(Shelf::builder().name(name)).unwrap();
        session.flush().unwrap();
        session.add(Label::builder().name(name).shelf_id(shelf.id().unwrap())).unwrap();
        if name == "b" {
            session.add(Node::builder().name("n").shelf_id(shelf.id().unwrap())).unwrap();
        }
    }
    session.commit().unwrap();
    drop(session);
    db.sql();
    let count = |session: &Session| {
        let rows = session.execute(select((Shelf::name, Shelf::count)).order_by(Shelf::id)).unwrap();
        rows.all().unwrap()
    };
    assert_eq!(count(&db.session()), [("a".to_owned(), 0), ("b".to_owned(), 1)]);
    let names = |query: orm::Select<orm::Obj<Shelf>>| {
        let session = db.session();
        let shelves = session.scalars(query).unwrap().all().unwrap();
        shelves
            .iter()
            .map(|shelf| (shelf.name().unwrap(), shelf.labels().len().unwrap(), shelf.count().unwrap()))
            .collect::<Vec<_>>()
    };
    let expected = [("a".to_owned(), 0, 0), ("b".to_owned(), 1, 1)];
    assert_eq!(names(select(Shelf).order_by(Shelf::id)), expected);
    assert_eq!(names(select(Shelf).order_by(Shelf::id).options(selectin(Shelf::labels))), expected);
    assert_eq!(
        names(select(Shelf).order_by(Shelf::id).options((joined(Shelf::labels), undefer(Shelf::count)))),
        expected
    );
    assert_eq!(names(select(Shelf).filter(Shelf::labels.any(Label::id.gt(0)))), expected[1..]);
    assert_eq!(names(select(Shelf).join(Shelf::labels)), expected[1..]);
    expect![[r#"
        SELECT "node"."name", (SELECT count("node_1"."id") FROM "archive"."node" AS "node_1" WHERE "node_1"."shelf_id" = "node"."id") FROM "node" ORDER BY "node"."id"
        SELECT "node"."id", "node"."name", NULL FROM "node" ORDER BY "node"."id"
        SELECT "label"."id", "label"."name", "label"."shelf_id" FROM "label" WHERE ? = "label"."shelf_id" AND EXISTS (SELECT "node_1001"."id", "node_1001"."name", "node_1001"."shelf_id" FROM "archive"."node" AS "node_1001" WHERE "node_1001"."shelf_id" = ? AND "node_1001"."name" <> "label"."name") [1, 1]
        SELECT (SELECT count("node_1001"."id") FROM "archive"."node" AS "node_1001" WHERE "node_1001"."shelf_id" = "node"."id") FROM "node" WHERE "node"."id" = ? [1]
        SELECT "label"."id", "label"."name", "label"."shelf_id" FROM "label" WHERE ? = "label"."shelf_id" AND EXISTS (SELECT "node_1001"."id", "node_1001"."name", "node_1001"."shelf_id" FROM "archive"."node" AS "node_1001" WHERE "node_1001"."shelf_id" = ? AND "node_1001"."name" <> "label"."name") [2, 2]
        SELECT (SELECT count("node_1001"."id") FROM "archive"."node" AS "node_1001" WHERE "node_1001"."shelf_id" = "node"."id") FROM "node" WHERE "node"."id" = ? [2]
        SELECT "node"."id", "node"."name", NULL FROM "node" ORDER BY "node"."id"
        SELECT "label"."id", "label"."name", "label"."shelf_id", "node_1"."id" FROM "node" AS "node_1" JOIN "label" ON "node_1"."id" = "label"."shelf_id" AND EXISTS (SELECT "node_1001"."id", "node_1001"."name", "node_1001"."shelf_id" FROM "archive"."node" AS "node_1001" WHERE "node_1001"."shelf_id" = "node_1"."id" AND "node_1001"."name" <> "label"."name") WHERE "node_1"."id" IN (SELECT +value FROM json_each(?)) ['[1,2]']
        SELECT (SELECT count("node_1001"."id") FROM "archive"."node" AS "node_1001" WHERE "node_1001"."shelf_id" = "node"."id") FROM "node" WHERE "node"."id" = ? [1]
        SELECT (SELECT count("node_1001"."id") FROM "archive"."node" AS "node_1001" WHERE "node_1001"."shelf_id" = "node"."id") FROM "node" WHERE "node"."id" = ? [2]
        SELECT "node"."id", "node"."name", (SELECT count("node_1"."id") FROM "archive"."node" AS "node_1" WHERE "node_1"."shelf_id" = "node"."id"), "label_1"."id", "label_1"."name", "label_1"."shelf_id" FROM "node" LEFT JOIN "label" AS "label_1" ON "node"."id" = "label_1"."shelf_id" AND EXISTS (SELECT "node_1001"."id", "node_1001"."name", "node_1001"."shelf_id" FROM "archive"."node" AS "node_1001" WHERE "node_1001"."shelf_id" = "node"."id" AND "node_1001"."name" <> "label_1"."name") ORDER BY "node"."id"
        SELECT "node"."id", "node"."name", NULL FROM "node" WHERE EXISTS (SELECT ? FROM "label" WHERE "node"."id" = "label"."shelf_id" AND EXISTS (SELECT "node_1001"."id", "node_1001"."name", "node_1001"."shelf_id" FROM "archive"."node" AS "node_1001" WHERE "node_1001"."shelf_id" = "node"."id" AND "node_1001"."name" <> "label"."name") AND "label"."id" > ?) [1, 0]
        SELECT "label"."id", "label"."name", "label"."shelf_id" FROM "label" WHERE ? = "label"."shelf_id" AND EXISTS (SELECT "node_1001"."id", "node_1001"."name", "node_1001"."shelf_id" FROM "archive"."node" AS "node_1001" WHERE "node_1001"."shelf_id" = ? AND "node_1001"."name" <> "label"."name") [2, 2]
        SELECT (SELECT count("node_1001"."id") FROM "archive"."node" AS "node_1001" WHERE "node_1001"."shelf_id" = "node"."id") FROM "node" WHERE "node"."id" = ? [2]
        SELECT "node"."id", "node"."name", NULL FROM "node" JOIN "label" ON "node"."id" = "label"."shelf_id" AND EXISTS (SELECT "node_1001"."id", "node_1001"."name", "node_1001"."shelf_id" FROM "archive"."node" AS "node_1001" WHERE "node_1001"."shelf_id" = "node"."id" AND "node_1001"."name" <> "label"."name")
        SELECT "label"."id", "label"."name", "label"."shelf_id" FROM "label" WHERE ? = "label"."shelf_id" AND EXISTS (SELECT "node_1001"."id", "node_1001"."name", "node_1001"."shelf_id" FROM "archive"."node" AS "node_1001" WHERE "node_1001"."shelf_id" = ? AND "node_1001"."name" <> "label"."name") [2, 2]
        SELECT (SELECT count("node_1001"."id") FROM "archive"."node" AS "node_1001" WHERE "node_1001"."shelf_id" = "node"."id") FROM "node" WHERE "node"."id" = ? [2]
    "#]].assert_eq(&db.sql());
}

/// Tables of one name that a text joins are told apart by aliases.
#[test]
fn through_two_tables_of_one_name() {
    macro_rules! by {
        ($query:expr, $expected:expr) => {
            let db = two_filled();
            let session = db.session();
            for tag in session.scalars($query).unwrap().all().unwrap() {
                assert_eq!(tag.letters().len().unwrap(), 2);
            }
            $expected.assert_eq(&db.sql());
        };
    }
    let query = || select(Tag).filter(Tag::name.eq("x"));
    by!(
        query(),
        expect![[r#"
        SELECT "tags"."id", "tags"."name" FROM "tags" WHERE "tags"."name" = ? ['x']
        SELECT "letters"."id", "letters"."reader_id", "letters"."text" FROM "letters", (SELECT "archive"."links"."reader_id" AS "archive_links_reader_id", "archive"."links"."tag_id" AS "archive_links_tag_id", "archive"."people"."id" AS "archive_people_id", "archive"."people"."name" AS "archive_people_name", "archive"."people"."boss_id" AS "archive_people_boss_id", "people_3"."id" AS "people_id", "people_3"."name" AS "people_name", "people_3"."reader_id" AS "people_reader_id" FROM "archive"."links" JOIN "archive"."people" ON "archive"."links"."reader_id" = "archive"."people"."id" JOIN "people" AS "people_3" ON "people_3"."reader_id" = "archive"."people"."id") AS "archive_links_archive_people_people" WHERE ? = "archive_links_archive_people_people"."archive_links_tag_id" AND "letters"."reader_id" = "archive_links_archive_people_people"."people_reader_id" ORDER BY "letters"."id" [1]
    "#]]
    );
    by!(
        query().options(selectin(Tag::letters)),
        expect![[r#"
        SELECT "tags"."id", "tags"."name" FROM "tags" WHERE "tags"."name" = ? ['x']
        SELECT "letters"."id", "letters"."reader_id", "letters"."text" FROM "letters", (SELECT "archive"."links"."reader_id" AS "archive_links_reader_id", "archive"."links"."tag_id" AS "archive_links_tag_id", "archive"."people"."id" AS "archive_people_id", "archive"."people"."name" AS "archive_people_name", "archive"."people"."boss_id" AS "archive_people_boss_id", "people_3"."id" AS "people_id", "people_3"."name" AS "people_name", "people_3"."reader_id" AS "people_reader_id" FROM "archive"."links" JOIN "archive"."people" ON "archive"."links"."reader_id" = "archive"."people"."id" JOIN "people" AS "people_3" ON "people_3"."reader_id" = "archive"."people"."id") AS "archive_links_archive_people_people" WHERE ? = "archive_links_archive_people_people"."archive_links_tag_id" AND "letters"."reader_id" = "archive_links_archive_people_people"."people_reader_id" ORDER BY "letters"."id" [1]
    "#]]
    );
    by!(
        query().options(joined(Tag::letters)),
        expect![[r#"
        SELECT "tags"."id", "tags"."name", "letters_2"."id", "letters_2"."reader_id", "letters_2"."text" FROM "tags" LEFT JOIN ((SELECT "archive"."links"."reader_id" AS "archive_links_reader_id", "archive"."links"."tag_id" AS "archive_links_tag_id", "archive"."people"."id" AS "archive_people_id", "archive"."people"."name" AS "archive_people_name", "archive"."people"."boss_id" AS "archive_people_boss_id", "people_3"."id" AS "people_id", "people_3"."name" AS "people_name", "people_3"."reader_id" AS "people_reader_id" FROM "archive"."links" JOIN "archive"."people" ON "archive"."links"."reader_id" = "archive"."people"."id" JOIN "people" AS "people_3" ON "people_3"."reader_id" = "archive"."people"."id") AS "archive_links_archive_people_people_1" JOIN "letters" AS "letters_2" ON "letters_2"."reader_id" = "archive_links_archive_people_people_1"."people_reader_id") ON "tags"."id" = "archive_links_archive_people_people_1"."archive_links_tag_id" WHERE "tags"."name" = ? ORDER BY "letters_2"."id" ['x']
    "#]]
    );
    by!(
        query().filter(Tag::letters.any(Letter::text.eq("a"))),
        expect![[r#"
        SELECT "tags"."id", "tags"."name" FROM "tags" WHERE "tags"."name" = ? AND EXISTS (SELECT ? FROM "letters", (SELECT "archive"."links"."reader_id" AS "archive_links_reader_id", "archive"."links"."tag_id" AS "archive_links_tag_id", "archive"."people"."id" AS "archive_people_id", "archive"."people"."name" AS "archive_people_name", "archive"."people"."boss_id" AS "archive_people_boss_id", "people_3"."id" AS "people_id", "people_3"."name" AS "people_name", "people_3"."reader_id" AS "people_reader_id" FROM "archive"."links" JOIN "archive"."people" ON "archive"."links"."reader_id" = "archive"."people"."id" JOIN "people" AS "people_3" ON "people_3"."reader_id" = "archive"."people"."id") AS "archive_links_archive_people_people" WHERE "tags"."id" = "archive_links_archive_people_people"."archive_links_tag_id" AND "letters"."reader_id" = "archive_links_archive_people_people"."people_reader_id" AND "letters"."text" = ?) ['x', 1, 'a']
        SELECT "letters"."id", "letters"."reader_id", "letters"."text" FROM "letters", (SELECT "archive"."links"."reader_id" AS "archive_links_reader_id", "archive"."links"."tag_id" AS "archive_links_tag_id", "archive"."people"."id" AS "archive_people_id", "archive"."people"."name" AS "archive_people_name", "archive"."people"."boss_id" AS "archive_people_boss_id", "people_3"."id" AS "people_id", "people_3"."name" AS "people_name", "people_3"."reader_id" AS "people_reader_id" FROM "archive"."links" JOIN "archive"."people" ON "archive"."links"."reader_id" = "archive"."people"."id" JOIN "people" AS "people_3" ON "people_3"."reader_id" = "archive"."people"."id") AS "archive_links_archive_people_people" WHERE ? = "archive_links_archive_people_people"."archive_links_tag_id" AND "letters"."reader_id" = "archive_links_archive_people_people"."people_reader_id" ORDER BY "letters"."id" [1]
    "#]]
    );
}
