//! Links that are the rows of a query with a name, which may read the class and the target themselves. The first class is that
//! of SQLAlchemy's `SecondaryIncludesLocalColsTest`, whose rows are found here too.

use expect_test::expect;
use orm::prelude::*;
use orm::{Label, Select, Subquery, aliased, func, literal, window};
use tests::{Db, each_way};

use crate::each_operator;

orm::registry!(
    /// These classes.
    pub OwnRows
);

#[derive(Mapped, Debug)]
#[mapped(registry = OwnRows)]
pub struct A {
    #[column(primary_key)]
    pub id: i64,
    pub b_ids: String,
    #[relationship(
        secondary = named(),
        primaryjoin = A::id.eq(named().of(&aid())),
        secondaryjoin = B::id.eq(named().of(B::id)),
        viewonly,
        order_by = B::id
    )]
    pub bs: Many<B>,
    /// The same as texts.
    #[relationship(
        secondary = named(),
        primaryjoin = "A.id == named.aid",
        secondaryjoin = "B.id == named.c.id",
        viewonly,
        order_by = "B.id"
    )]
    pub bs_of_text: Many<B>,
}

#[derive(Mapped, Debug)]
#[mapped(registry = OwnRows)]
pub struct B {
    #[column(primary_key)]
    pub id: String,
}

fn aid() -> Label<i64> {
    A::id.label("aid")
}

fn named() -> Subquery {
    let has = A::b_ids.like(literal("%").concat(B::id).concat("%"));
    select((&aid(), B::id)).from(A).join(B.on(has)).subquery("named")
}

#[derive(Mapped, Debug)]
#[mapped(registry = OwnRows)]
pub struct Node {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Node::id)]
    pub parent_id: Option<i64>,
    /// Both ends are the class itself, under other names.
    #[relationship(
        secondary = beside(),
        primaryjoin = Node::id.eq(beside().column::<i64>("one")),
        secondaryjoin = Node::id.eq(beside().column::<i64>("other")),
        viewonly,
        order_by = Node::id
    )]
    pub siblings: Many<Node>,
    /// A query that goes on from its own rows.
    #[relationship(
        secondary = below(),
        primaryjoin = Node::id.eq(below().column::<i64>("top")),
        secondaryjoin = Node::id.eq(below().column::<i64>("id")),
        viewonly,
        order_by = Node::id
    )]
    pub descendants: ManySet<Node>,
    /// A condition on what only the query has, by the key that it selects.
    #[relationship(
        secondary = marks(),
        secondaryjoin = "and_(Mark.id == foreign(marks.id), marks.place < 3)",
        viewonly,
        order_by = Mark::id.desc()
    )]
    pub latest_marks: Many<Mark>,
    /// The same with types.
    #[relationship(
        secondary = marks(),
        primaryjoin = Node::id.eq(marks().of(Mark::node_id)),
        secondaryjoin = Mark::id.eq(marks().of(Mark::id)).and(marks().of(&place()).lt(3)),
        viewonly,
        order_by = Mark::id.desc()
    )]
    pub latest_marks_too: Many<Mark>,
}

#[derive(Mapped, Debug)]
#[mapped(registry = OwnRows)]
pub struct Mark {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Node::id)]
    pub node_id: i64,
}

fn beside() -> Subquery {
    let (one, other) = (aliased(Node), aliased(Node));
    let same =
        one.of(Node::parent_id).eq(other.of(Node::parent_id)).and(one.of(Node::id).ne(other.of(Node::id)));
    select((&one.of(Node::id).label("one"), &other.of(Node::id).label("other")))
        .from(one)
        .join(other.on(same))
        .subquery("beside")
}

fn below() -> Subquery {
    let top = Node::id.label("top");
    let tree = select((&top, Node::id)).cte("tree").recursive(|tree| {
        select((tree.of(&top), Node::id)).join(tree.on(tree.of(Node::id).eq(Node::parent_id)))
    });
    let is_below = tree.of(&top).ne(tree.of(Node::id));
    select((&tree.of(&top).label("top"), tree.of(Node::id))).from(&*tree).filter(is_below).subquery("below")
}

fn place() -> Label<i64> {
    func::row_number().over(window().partition_by(Mark::node_id).order_by(Mark::id.desc())).label("place")
}

fn marks() -> Subquery {
    select((Mark, &place())).subquery("marks")
}

fn filled() -> Db {
    let db = Db::empty();
    OwnRows::create_all(&db.engine).unwrap();
    db.run("INSERT INTO a VALUES (1, '1'), (2, '2 3')");
    db.run("INSERT INTO b VALUES ('1'), ('2'), ('3')");
    db.run("INSERT INTO node VALUES (1, NULL), (2, 1), (3, 1), (4, 2), (5, 2), (6, 2)");
    db.run("INSERT INTO mark VALUES (1, 1), (2, 1), (3, 1), (4, 2), (5, 1)");
    db.sql();
    db
}

/// What SQLAlchemy's four tests ask: `test_query_join`, `test_eager_join`, `test_exists`, `test_eager_selectin`; and what they
/// don't.
#[test]
fn links_that_include_columns_of_the_class() {
    let db = filled();
    let told = each_way!(A, bs, db);
    expect![[r#"
        A#1(bs: [B#'1'])
        A#2(bs: [B#'2', B#'3'])
        -- joined
        SELECT "a"."id", "a"."b_ids", "b_2"."id" FROM "a" LEFT JOIN ((SELECT "a"."id" AS "aid", "b"."id" FROM "a" JOIN "b" ON "a"."b_ids" LIKE ? || "b"."id" || ?) AS "named_1" JOIN "b" AS "b_2" ON "b_2"."id" = "named_1"."id") ON "a"."id" = "named_1"."aid" ORDER BY "a"."id", "b_2"."id" ['%', '%']
        -- selectin
        SELECT "a"."id", "a"."b_ids" FROM "a" ORDER BY "a"."id"
        SELECT "b"."id", "named"."aid" FROM "b", (SELECT "a"."id" AS "aid", "b"."id" FROM "a" JOIN "b" ON "a"."b_ids" LIKE ? || "b"."id" || ?) AS "named" WHERE "named"."aid" IN (SELECT +value FROM json_each(?)) AND "b"."id" = "named"."id" ORDER BY "b"."id" ['%', '%', '[1,2]']
        -- subquery
        SELECT "a"."id", "a"."b_ids" FROM "a" ORDER BY "a"."id"
        SELECT "b"."id", "named"."aid" FROM "b", (SELECT "a"."id" AS "aid", "b"."id" FROM "a" JOIN "b" ON "a"."b_ids" LIKE ? || "b"."id" || ?) AS "named" WHERE "named"."aid" IN (SELECT +value FROM json_each(?)) AND "b"."id" = "named"."id" ORDER BY "b"."id" ['%', '%', '[1,2]']
        -- immediate
        SELECT "a"."id", "a"."b_ids" FROM "a" ORDER BY "a"."id"
        SELECT "b"."id", "named"."aid" FROM "b", (SELECT "a"."id" AS "aid", "b"."id" FROM "a" JOIN "b" ON "a"."b_ids" LIKE ? || "b"."id" || ?) AS "named" WHERE "named"."aid" IN (SELECT +value FROM json_each(?)) AND "b"."id" = "named"."id" ORDER BY "b"."id" ['%', '%', '[1,2]']
        -- batch
        SELECT "a"."id", "a"."b_ids" FROM "a" ORDER BY "a"."id"
        SELECT "b"."id", "named"."aid" FROM "b", (SELECT "a"."id" AS "aid", "b"."id" FROM "a" JOIN "b" ON "a"."b_ids" LIKE ? || "b"."id" || ?) AS "named" WHERE "named"."aid" IN (SELECT +value FROM json_each(?)) AND "b"."id" = "named"."id" ORDER BY "b"."id" ['%', '%', '[1,2]']
        -- lazy
        SELECT "a"."id", "a"."b_ids" FROM "a" ORDER BY "a"."id"
        SELECT "b"."id" FROM "b", (SELECT "a"."id" AS "aid", "b"."id" FROM "a" JOIN "b" ON "a"."b_ids" LIKE ? || "b"."id" || ?) AS "named" WHERE ? = "named"."aid" AND "b"."id" = "named"."id" ORDER BY "b"."id" ['%', '%', 1]
        SELECT "b"."id" FROM "b", (SELECT "a"."id" AS "aid", "b"."id" FROM "a" JOIN "b" ON "a"."b_ids" LIKE ? || "b"."id" || ?) AS "named" WHERE ? = "named"."aid" AND "b"."id" = "named"."id" ORDER BY "b"."id" ['%', '%', 2]
    "#]].assert_eq(&told);
    let session = db.session();
    let pairs = |query: Select<(i64, String)>| {
        session.execute(query.order_by((A::id, B::id))).unwrap().all().unwrap()
    };
    let all = [(1, "1".to_owned()), (2, "2".to_owned()), (2, "3".to_owned())];
    assert_eq!(pairs(select((A::id, B::id)).join(A::bs)), all);
    assert_eq!(pairs(select((A::id, B::id)).join(A::bs_of_text)), all);
    assert_eq!(session.scalars(select(A::id).filter(A::bs.any(()))).unwrap().all().unwrap(), [1, 2]);
    let with_three = select(A::id).filter(A::bs.any(B::id.eq("3")));
    assert_eq!(session.scalars(with_three).unwrap().all().unwrap(), [2]);
    let second = session.get_one::<A>(2).unwrap();
    let of_second = select(B::id).filter(with_parent(&second, A::bs)).order_by(B::id);
    assert_eq!(session.scalars(of_second).unwrap().all().unwrap(), ["2", "3"]);
    expect![[r#"
        SELECT "a"."id", "b"."id" FROM "a" JOIN ((SELECT "a"."id" AS "aid", "b"."id" FROM "a" JOIN "b" ON "a"."b_ids" LIKE ? || "b"."id" || ?) AS "named" JOIN "b" ON "b"."id" = "named"."id") ON "a"."id" = "named"."aid" ORDER BY "a"."id", "b"."id" ['%', '%']
        SELECT "a"."id", "b"."id" FROM "a" JOIN ((SELECT "a"."id" AS "aid", "b"."id" FROM "a" JOIN "b" ON "a"."b_ids" LIKE ? || "b"."id" || ?) AS "named" JOIN "b" ON "b"."id" = "named"."id") ON "a"."id" = "named"."aid" ORDER BY "a"."id", "b"."id" ['%', '%']
        SELECT "a"."id" FROM "a" WHERE EXISTS (SELECT ? FROM "b", (SELECT "a"."id" AS "aid", "b"."id" FROM "a" JOIN "b" ON "a"."b_ids" LIKE ? || "b"."id" || ?) AS "named" WHERE "a"."id" = "named"."aid" AND "b"."id" = "named"."id") [1, '%', '%']
        SELECT "a"."id" FROM "a" WHERE EXISTS (SELECT ? FROM "b", (SELECT "a"."id" AS "aid", "b"."id" FROM "a" JOIN "b" ON "a"."b_ids" LIKE ? || "b"."id" || ?) AS "named" WHERE "a"."id" = "named"."aid" AND "b"."id" = "named"."id" AND "b"."id" = ?) [1, '%', '%', '3']
        SELECT "id", "b_ids" FROM "a" WHERE "id" = ? [2]
        SELECT "b"."id" FROM "b" WHERE EXISTS (SELECT ? FROM (SELECT "a"."id" AS "aid", "b"."id" FROM "a" JOIN "b" ON "a"."b_ids" LIKE ? || "b"."id" || ?) AS "named" WHERE ? = "named"."aid" AND "b"."id" = "named"."id") ORDER BY "b"."id" [1, '%', '%', 2]
    "#]].assert_eq(&db.sql());
}

#[test]
fn the_same_as_texts() {
    let (typed, text) = (filled(), filled());
    let typed = each_way!(A, bs, typed).replace("(bs:", "(bs_of_text:");
    assert_eq!(typed, each_way!(A, bs_of_text, text));
}

/// Loads a relationship in each way, asks for it in each way, and compares what is found and which statements ran.
macro_rules! shown {
    ($class:ident.$relation:ident -> $target:ident, $expected:expr) => {
        let db = filled();
        let told = each_way!($class, $relation, db) + "-- operators\n";
        $expected.assert_eq(&(told + &each_operator!($class, $relation, $target, any, db)));
    };
}

#[test]
fn both_ends_under_other_names() {
    let db = filled();
    let told = each_way!(Node, siblings, db);
    expect![[r#"
        Node#1(siblings: [])
        Node#2(siblings: [Node#3(siblings: [Node#2])])
        Node#3(siblings: [Node#2(siblings: [Node#3])])
        Node#4(siblings: [Node#5(siblings: [Node#4, Node#6(siblings: [Node#4, Node#5])]), Node#6(siblings: [Node#4, Node#5(siblings: [Node#4, Node#6])])])
        Node#5(siblings: [Node#4(siblings: [Node#5, Node#6(siblings: [Node#4, Node#5])]), Node#6(siblings: [Node#4(siblings: [Node#5, Node#6]), Node#5])])
        Node#6(siblings: [Node#4(siblings: [Node#5(siblings: [Node#4, Node#6]), Node#6]), Node#5(siblings: [Node#4(siblings: [Node#5, Node#6]), Node#6])])
        -- joined
        SELECT "node"."id", "node"."parent_id", "node_2"."id", "node_2"."parent_id" FROM "node" LEFT JOIN ((SELECT "node"."id" AS "one", "node_1"."id" AS "other" FROM "node" JOIN "node" AS "node_1" ON "node"."parent_id" = "node_1"."parent_id" AND "node"."id" <> "node_1"."id") AS "beside_1" JOIN "node" AS "node_2" ON "node_2"."id" = "beside_1"."other") ON "node"."id" = "beside_1"."one" ORDER BY "node"."id", "node_2"."id"
        -- selectin
        SELECT "node"."id", "node"."parent_id" FROM "node" ORDER BY "node"."id"
        SELECT "node"."id", "node"."parent_id", "beside"."one" FROM "node", (SELECT "node"."id" AS "one", "node_1"."id" AS "other" FROM "node" JOIN "node" AS "node_1" ON "node"."parent_id" = "node_1"."parent_id" AND "node"."id" <> "node_1"."id") AS "beside" WHERE "beside"."one" IN (SELECT +value FROM json_each(?)) AND "node"."id" = "beside"."other" ORDER BY "node"."id" ['[1,2,3,4,5,6]']
        -- subquery
        SELECT "node"."id", "node"."parent_id" FROM "node" ORDER BY "node"."id"
        SELECT "node"."id", "node"."parent_id", "beside"."one" FROM "node", (SELECT "node"."id" AS "one", "node_1"."id" AS "other" FROM "node" JOIN "node" AS "node_1" ON "node"."parent_id" = "node_1"."parent_id" AND "node"."id" <> "node_1"."id") AS "beside" WHERE "beside"."one" IN (SELECT +value FROM json_each(?)) AND "node"."id" = "beside"."other" ORDER BY "node"."id" ['[1,2,3,4,5,6]']
        -- immediate
        SELECT "node"."id", "node"."parent_id" FROM "node" ORDER BY "node"."id"
        SELECT "node"."id", "node"."parent_id", "beside"."one" FROM "node", (SELECT "node"."id" AS "one", "node_1"."id" AS "other" FROM "node" JOIN "node" AS "node_1" ON "node"."parent_id" = "node_1"."parent_id" AND "node"."id" <> "node_1"."id") AS "beside" WHERE "beside"."one" IN (SELECT +value FROM json_each(?)) AND "node"."id" = "beside"."other" ORDER BY "node"."id" ['[1,2,3,4,5,6]']
        -- batch
        SELECT "node"."id", "node"."parent_id" FROM "node" ORDER BY "node"."id"
        SELECT "node"."id", "node"."parent_id", "beside"."one" FROM "node", (SELECT "node"."id" AS "one", "node_1"."id" AS "other" FROM "node" JOIN "node" AS "node_1" ON "node"."parent_id" = "node_1"."parent_id" AND "node"."id" <> "node_1"."id") AS "beside" WHERE "beside"."one" IN (SELECT +value FROM json_each(?)) AND "node"."id" = "beside"."other" ORDER BY "node"."id" ['[1,2,3,4,5,6]']
        -- lazy
        SELECT "node"."id", "node"."parent_id" FROM "node" ORDER BY "node"."id"
        SELECT "node"."id", "node"."parent_id" FROM "node", (SELECT "node"."id" AS "one", "node_1"."id" AS "other" FROM "node" JOIN "node" AS "node_1" ON "node"."parent_id" = "node_1"."parent_id" AND "node"."id" <> "node_1"."id") AS "beside" WHERE ? = "beside"."one" AND "node"."id" = "beside"."other" ORDER BY "node"."id" [1]
        SELECT "node"."id", "node"."parent_id" FROM "node", (SELECT "node"."id" AS "one", "node_1"."id" AS "other" FROM "node" JOIN "node" AS "node_1" ON "node"."parent_id" = "node_1"."parent_id" AND "node"."id" <> "node_1"."id") AS "beside" WHERE ? = "beside"."one" AND "node"."id" = "beside"."other" ORDER BY "node"."id" [2]
        SELECT "node"."id", "node"."parent_id" FROM "node", (SELECT "node"."id" AS "one", "node_1"."id" AS "other" FROM "node" JOIN "node" AS "node_1" ON "node"."parent_id" = "node_1"."parent_id" AND "node"."id" <> "node_1"."id") AS "beside" WHERE ? = "beside"."one" AND "node"."id" = "beside"."other" ORDER BY "node"."id" [3]
        SELECT "node"."id", "node"."parent_id" FROM "node", (SELECT "node"."id" AS "one", "node_1"."id" AS "other" FROM "node" JOIN "node" AS "node_1" ON "node"."parent_id" = "node_1"."parent_id" AND "node"."id" <> "node_1"."id") AS "beside" WHERE ? = "beside"."one" AND "node"."id" = "beside"."other" ORDER BY "node"."id" [4]
        SELECT "node"."id", "node"."parent_id" FROM "node", (SELECT "node"."id" AS "one", "node_1"."id" AS "other" FROM "node" JOIN "node" AS "node_1" ON "node"."parent_id" = "node_1"."parent_id" AND "node"."id" <> "node_1"."id") AS "beside" WHERE ? = "beside"."one" AND "node"."id" = "beside"."other" ORDER BY "node"."id" [5]
        SELECT "node"."id", "node"."parent_id" FROM "node", (SELECT "node"."id" AS "one", "node_1"."id" AS "other" FROM "node" JOIN "node" AS "node_1" ON "node"."parent_id" = "node_1"."parent_id" AND "node"."id" <> "node_1"."id") AS "beside" WHERE ? = "beside"."one" AND "node"."id" = "beside"."other" ORDER BY "node"."id" [6]
    "#]].assert_eq(&told);
}

#[test]
fn a_query_that_goes_on_from_its_own_rows() {
    let db = filled();
    let told = each_way!(Node, descendants, db);
    expect![[r#"
        Node#1(descendants: [Node#2(descendants: [Node#4(descendants: []), Node#5(descendants: []), Node#6(descendants: [])]), Node#3(descendants: []), Node#4(descendants: []), Node#5(descendants: []), Node#6(descendants: [])])
        Node#2(descendants: [Node#4(descendants: []), Node#5(descendants: []), Node#6(descendants: [])])
        Node#3(descendants: [])
        Node#4(descendants: [])
        Node#5(descendants: [])
        Node#6(descendants: [])
        -- joined
        SELECT "node"."id", "node"."parent_id", "node_2"."id", "node_2"."parent_id" FROM "node" LEFT JOIN ((WITH RECURSIVE "tree" AS (SELECT "node"."id" AS "top", "node"."id" FROM "node" UNION ALL SELECT "tree"."top", "node_1"."id" FROM "node" AS "node_1" JOIN "tree" ON "tree"."id" = "node_1"."parent_id") SELECT "tree_2"."top", "tree_2"."id" FROM "tree" AS "tree_2" WHERE "tree_2"."top" <> "tree_2"."id") AS "below_1" JOIN "node" AS "node_2" ON "node_2"."id" = "below_1"."id") ON "node"."id" = "below_1"."top" ORDER BY "node"."id", "node_2"."id"
        -- selectin
        SELECT "node"."id", "node"."parent_id" FROM "node" ORDER BY "node"."id"
        SELECT "node"."id", "node"."parent_id", "below"."top" FROM "node", (WITH RECURSIVE "tree" AS (SELECT "node"."id" AS "top", "node"."id" FROM "node" UNION ALL SELECT "tree"."top", "node_1"."id" FROM "node" AS "node_1" JOIN "tree" ON "tree"."id" = "node_1"."parent_id") SELECT "tree_2"."top", "tree_2"."id" FROM "tree" AS "tree_2" WHERE "tree_2"."top" <> "tree_2"."id") AS "below" WHERE "below"."top" IN (SELECT +value FROM json_each(?)) AND "node"."id" = "below"."id" ORDER BY "node"."id" ['[1,2,3,4,5,6]']
        -- subquery
        SELECT "node"."id", "node"."parent_id" FROM "node" ORDER BY "node"."id"
        SELECT "node"."id", "node"."parent_id", "below"."top" FROM "node", (WITH RECURSIVE "tree" AS (SELECT "node"."id" AS "top", "node"."id" FROM "node" UNION ALL SELECT "tree"."top", "node_1"."id" FROM "node" AS "node_1" JOIN "tree" ON "tree"."id" = "node_1"."parent_id") SELECT "tree_2"."top", "tree_2"."id" FROM "tree" AS "tree_2" WHERE "tree_2"."top" <> "tree_2"."id") AS "below" WHERE "below"."top" IN (SELECT +value FROM json_each(?)) AND "node"."id" = "below"."id" ORDER BY "node"."id" ['[1,2,3,4,5,6]']
        -- immediate
        SELECT "node"."id", "node"."parent_id" FROM "node" ORDER BY "node"."id"
        SELECT "node"."id", "node"."parent_id", "below"."top" FROM "node", (WITH RECURSIVE "tree" AS (SELECT "node"."id" AS "top", "node"."id" FROM "node" UNION ALL SELECT "tree"."top", "node_1"."id" FROM "node" AS "node_1" JOIN "tree" ON "tree"."id" = "node_1"."parent_id") SELECT "tree_2"."top", "tree_2"."id" FROM "tree" AS "tree_2" WHERE "tree_2"."top" <> "tree_2"."id") AS "below" WHERE "below"."top" IN (SELECT +value FROM json_each(?)) AND "node"."id" = "below"."id" ORDER BY "node"."id" ['[1,2,3,4,5,6]']
        -- batch
        SELECT "node"."id", "node"."parent_id" FROM "node" ORDER BY "node"."id"
        SELECT "node"."id", "node"."parent_id", "below"."top" FROM "node", (WITH RECURSIVE "tree" AS (SELECT "node"."id" AS "top", "node"."id" FROM "node" UNION ALL SELECT "tree"."top", "node_1"."id" FROM "node" AS "node_1" JOIN "tree" ON "tree"."id" = "node_1"."parent_id") SELECT "tree_2"."top", "tree_2"."id" FROM "tree" AS "tree_2" WHERE "tree_2"."top" <> "tree_2"."id") AS "below" WHERE "below"."top" IN (SELECT +value FROM json_each(?)) AND "node"."id" = "below"."id" ORDER BY "node"."id" ['[1,2,3,4,5,6]']
        -- lazy
        SELECT "node"."id", "node"."parent_id" FROM "node" ORDER BY "node"."id"
        SELECT "node"."id", "node"."parent_id" FROM "node", (WITH RECURSIVE "tree" AS (SELECT "node"."id" AS "top", "node"."id" FROM "node" UNION ALL SELECT "tree"."top", "node_1"."id" FROM "node" AS "node_1" JOIN "tree" ON "tree"."id" = "node_1"."parent_id") SELECT "tree_2"."top", "tree_2"."id" FROM "tree" AS "tree_2" WHERE "tree_2"."top" <> "tree_2"."id") AS "below" WHERE ? = "below"."top" AND "node"."id" = "below"."id" ORDER BY "node"."id" [1]
        SELECT "node"."id", "node"."parent_id" FROM "node", (WITH RECURSIVE "tree" AS (SELECT "node"."id" AS "top", "node"."id" FROM "node" UNION ALL SELECT "tree"."top", "node_1"."id" FROM "node" AS "node_1" JOIN "tree" ON "tree"."id" = "node_1"."parent_id") SELECT "tree_2"."top", "tree_2"."id" FROM "tree" AS "tree_2" WHERE "tree_2"."top" <> "tree_2"."id") AS "below" WHERE ? = "below"."top" AND "node"."id" = "below"."id" ORDER BY "node"."id" [2]
        SELECT "node"."id", "node"."parent_id" FROM "node", (WITH RECURSIVE "tree" AS (SELECT "node"."id" AS "top", "node"."id" FROM "node" UNION ALL SELECT "tree"."top", "node_1"."id" FROM "node" AS "node_1" JOIN "tree" ON "tree"."id" = "node_1"."parent_id") SELECT "tree_2"."top", "tree_2"."id" FROM "tree" AS "tree_2" WHERE "tree_2"."top" <> "tree_2"."id") AS "below" WHERE ? = "below"."top" AND "node"."id" = "below"."id" ORDER BY "node"."id" [3]
        SELECT "node"."id", "node"."parent_id" FROM "node", (WITH RECURSIVE "tree" AS (SELECT "node"."id" AS "top", "node"."id" FROM "node" UNION ALL SELECT "tree"."top", "node_1"."id" FROM "node" AS "node_1" JOIN "tree" ON "tree"."id" = "node_1"."parent_id") SELECT "tree_2"."top", "tree_2"."id" FROM "tree" AS "tree_2" WHERE "tree_2"."top" <> "tree_2"."id") AS "below" WHERE ? = "below"."top" AND "node"."id" = "below"."id" ORDER BY "node"."id" [4]
        SELECT "node"."id", "node"."parent_id" FROM "node", (WITH RECURSIVE "tree" AS (SELECT "node"."id" AS "top", "node"."id" FROM "node" UNION ALL SELECT "tree"."top", "node_1"."id" FROM "node" AS "node_1" JOIN "tree" ON "tree"."id" = "node_1"."parent_id") SELECT "tree_2"."top", "tree_2"."id" FROM "tree" AS "tree_2" WHERE "tree_2"."top" <> "tree_2"."id") AS "below" WHERE ? = "below"."top" AND "node"."id" = "below"."id" ORDER BY "node"."id" [5]
        SELECT "node"."id", "node"."parent_id" FROM "node", (WITH RECURSIVE "tree" AS (SELECT "node"."id" AS "top", "node"."id" FROM "node" UNION ALL SELECT "tree"."top", "node_1"."id" FROM "node" AS "node_1" JOIN "tree" ON "tree"."id" = "node_1"."parent_id") SELECT "tree_2"."top", "tree_2"."id" FROM "tree" AS "tree_2" WHERE "tree_2"."top" <> "tree_2"."id") AS "below" WHERE ? = "below"."top" AND "node"."id" = "below"."id" ORDER BY "node"."id" [6]
    "#]].assert_eq(&told);
}

#[test]
fn a_condition_on_what_only_the_query_has() {
    shown!(Node.latest_marks -> Mark, expect![[r#"
        Node#1(latest_marks: [Mark#5, Mark#3])
        Node#2(latest_marks: [Mark#4])
        Node#3(latest_marks: [])
        Node#4(latest_marks: [])
        Node#5(latest_marks: [])
        Node#6(latest_marks: [])
        -- joined
        SELECT "node"."id", "node"."parent_id", "mark_2"."id", "mark_2"."node_id" FROM "node" LEFT JOIN ((SELECT "mark"."id", "mark"."node_id", row_number() OVER (PARTITION BY "mark"."node_id" ORDER BY "mark"."id" DESC) AS "place" FROM "mark") AS "marks_1" JOIN "mark" AS "mark_2" ON "mark_2"."id" = "marks_1"."id" AND "marks_1"."place" < ?) ON "node"."id" = "marks_1"."node_id" ORDER BY "node"."id", "mark_2"."id" DESC [3]
        -- selectin
        SELECT "node"."id", "node"."parent_id" FROM "node" ORDER BY "node"."id"
        SELECT "mark"."id", "mark"."node_id", "marks"."node_id" FROM "mark", (SELECT "mark"."id", "mark"."node_id", row_number() OVER (PARTITION BY "mark"."node_id" ORDER BY "mark"."id" DESC) AS "place" FROM "mark") AS "marks" WHERE "marks"."node_id" IN (SELECT +value FROM json_each(?)) AND "mark"."id" = "marks"."id" AND "marks"."place" < ? ORDER BY "mark"."id" DESC ['[1,2,3,4,5,6]', 3]
        -- subquery
        SELECT "node"."id", "node"."parent_id" FROM "node" ORDER BY "node"."id"
        SELECT "mark"."id", "mark"."node_id", "marks"."node_id" FROM "mark", (SELECT "mark"."id", "mark"."node_id", row_number() OVER (PARTITION BY "mark"."node_id" ORDER BY "mark"."id" DESC) AS "place" FROM "mark") AS "marks" WHERE "marks"."node_id" IN (SELECT +value FROM json_each(?)) AND "mark"."id" = "marks"."id" AND "marks"."place" < ? ORDER BY "mark"."id" DESC ['[1,2,3,4,5,6]', 3]
        -- immediate
        SELECT "node"."id", "node"."parent_id" FROM "node" ORDER BY "node"."id"
        SELECT "mark"."id", "mark"."node_id", "marks"."node_id" FROM "mark", (SELECT "mark"."id", "mark"."node_id", row_number() OVER (PARTITION BY "mark"."node_id" ORDER BY "mark"."id" DESC) AS "place" FROM "mark") AS "marks" WHERE "marks"."node_id" IN (SELECT +value FROM json_each(?)) AND "mark"."id" = "marks"."id" AND "marks"."place" < ? ORDER BY "mark"."id" DESC ['[1,2,3,4,5,6]', 3]
        -- batch
        SELECT "node"."id", "node"."parent_id" FROM "node" ORDER BY "node"."id"
        SELECT "mark"."id", "mark"."node_id", "marks"."node_id" FROM "mark", (SELECT "mark"."id", "mark"."node_id", row_number() OVER (PARTITION BY "mark"."node_id" ORDER BY "mark"."id" DESC) AS "place" FROM "mark") AS "marks" WHERE "marks"."node_id" IN (SELECT +value FROM json_each(?)) AND "mark"."id" = "marks"."id" AND "marks"."place" < ? ORDER BY "mark"."id" DESC ['[1,2,3,4,5,6]', 3]
        -- lazy
        SELECT "node"."id", "node"."parent_id" FROM "node" ORDER BY "node"."id"
        SELECT "mark"."id", "mark"."node_id" FROM "mark", (SELECT "mark"."id", "mark"."node_id", row_number() OVER (PARTITION BY "mark"."node_id" ORDER BY "mark"."id" DESC) AS "place" FROM "mark") AS "marks" WHERE ? = "marks"."node_id" AND "mark"."id" = "marks"."id" AND "marks"."place" < ? ORDER BY "mark"."id" DESC [1, 3]
        SELECT "mark"."id", "mark"."node_id" FROM "mark", (SELECT "mark"."id", "mark"."node_id", row_number() OVER (PARTITION BY "mark"."node_id" ORDER BY "mark"."id" DESC) AS "place" FROM "mark") AS "marks" WHERE ? = "marks"."node_id" AND "mark"."id" = "marks"."id" AND "marks"."place" < ? ORDER BY "mark"."id" DESC [2, 3]
        SELECT "mark"."id", "mark"."node_id" FROM "mark", (SELECT "mark"."id", "mark"."node_id", row_number() OVER (PARTITION BY "mark"."node_id" ORDER BY "mark"."id" DESC) AS "place" FROM "mark") AS "marks" WHERE ? = "marks"."node_id" AND "mark"."id" = "marks"."id" AND "marks"."place" < ? ORDER BY "mark"."id" DESC [3, 3]
        SELECT "mark"."id", "mark"."node_id" FROM "mark", (SELECT "mark"."id", "mark"."node_id", row_number() OVER (PARTITION BY "mark"."node_id" ORDER BY "mark"."id" DESC) AS "place" FROM "mark") AS "marks" WHERE ? = "marks"."node_id" AND "mark"."id" = "marks"."id" AND "marks"."place" < ? ORDER BY "mark"."id" DESC [4, 3]
        SELECT "mark"."id", "mark"."node_id" FROM "mark", (SELECT "mark"."id", "mark"."node_id", row_number() OVER (PARTITION BY "mark"."node_id" ORDER BY "mark"."id" DESC) AS "place" FROM "mark") AS "marks" WHERE ? = "marks"."node_id" AND "mark"."id" = "marks"."id" AND "marks"."place" < ? ORDER BY "mark"."id" DESC [5, 3]
        SELECT "mark"."id", "mark"."node_id" FROM "mark", (SELECT "mark"."id", "mark"."node_id", row_number() OVER (PARTITION BY "mark"."node_id" ORDER BY "mark"."id" DESC) AS "place" FROM "mark") AS "marks" WHERE ? = "marks"."node_id" AND "mark"."id" = "marks"."id" AND "marks"."place" < ? ORDER BY "mark"."id" DESC [6, 3]
        -- operators
        [(1, 3), (1, 5), (2, 4)]
        SELECT "node"."id", "mark"."id" FROM "node" JOIN ((SELECT "mark"."id", "mark"."node_id", row_number() OVER (PARTITION BY "mark"."node_id" ORDER BY "mark"."id" DESC) AS "place" FROM "mark") AS "marks" JOIN "mark" ON "mark"."id" = "marks"."id" AND "marks"."place" < ?) ON "node"."id" = "marks"."node_id" ORDER BY "node"."id", "mark"."id" [3]
        SELECT "node"."id" FROM "node" WHERE EXISTS (SELECT ? FROM "mark", (SELECT "mark"."id", "mark"."node_id", row_number() OVER (PARTITION BY "mark"."node_id" ORDER BY "mark"."id" DESC) AS "place" FROM "mark") AS "marks" WHERE "node"."id" = "marks"."node_id" AND "mark"."id" = "marks"."id" AND "marks"."place" < ?) ORDER BY "node"."id" [1, 3]
        SELECT "mark"."id" FROM "mark" WHERE EXISTS (SELECT ? FROM (SELECT "mark"."id", "mark"."node_id", row_number() OVER (PARTITION BY "mark"."node_id" ORDER BY "mark"."id" DESC) AS "place" FROM "mark") AS "marks" WHERE ? = "marks"."node_id" AND "mark"."id" = "marks"."id" AND "marks"."place" < ?) ORDER BY "mark"."id" [1, 1, 3]
    "#]]);
    let (typed, text) = (filled(), filled());
    let typed = each_way!(Node, latest_marks_too, typed).replace("latest_marks_too", "latest_marks");
    assert_eq!(typed, each_way!(Node, latest_marks, text));
}

/// Mistakes in such queries, and in what is said of them.
mod wrong {
    use super::{Label, Subquery, select};
    use orm::prelude::*;
    use orm::{aliased_as, func, window};

    orm::registry!(pub WrongRows);

    #[derive(Mapped)]
    #[mapped(registry = WrongRows)]
    pub struct Owner {
        #[column(primary_key)]
        pub id: i64,
        #[relationship(secondary = pairs(), primaryjoin = "Owner.id == pairs.ownr", viewonly)]
        pub no_column: Many<Toy>,
        #[relationship(secondary = pairs(), primaryjoin = "Owner.id == pair.owner", viewonly)]
        pub no_query: Many<Toy>,
        #[relationship(secondary = pairs(), primaryjoin = Owner::id.eq(pairs().of(&count())), secondaryjoin = "Toy.id == pairs.toy", viewonly)]
        pub no_label: Many<Toy>,
        #[relationship(secondary = pairs(), primaryjoin = Owner::id.eq(pairs().of(Toy::id)), secondaryjoin = "Toy.id == pairs.toy", viewonly)]
        pub not_selected: Many<Toy>,
        #[relationship(secondary = select(func::count(Toy::id)).subquery("nameless"), viewonly)]
        pub nameless: Many<Toy>,
        #[relationship(
            secondary = select((&Toy::id.label("x"), &Toy::owner_id.label("X"))).subquery("same"),
            viewonly
        )]
        pub same_labels: Many<Toy>,
        #[relationship(secondary = select((Toy::id, Toy)).subquery("twice"), viewonly)]
        pub twice: Many<Toy>,
        #[relationship(secondary = select(Toy).cte("common"), viewonly)]
        pub common: Many<Toy>,
        #[relationship(
            secondary = pairs(),
            primaryjoin = "Owner.id == pairs.owner",
            secondaryjoin = "Toy.id == pairs.toy",
            order_by = "pairs.toy",
            viewonly
        )]
        pub order: Many<Toy>,
        #[relationship(
            rows = aliased_as(Toy, &counted()),
            primaryjoin = "and_(Owner.id == foreign(Toy.owner_id), counted.plase < 2)",
            viewonly
        )]
        pub no_item: Many<Toy>,
        #[relationship(
            rows = aliased_as(Toy, &counted()),
            primaryjoin = "and_(Owner.id == foreign(Toy.owner_id), countd.c.place < 2)",
            viewonly
        )]
        pub no_rows: Many<Toy>,
    }

    #[derive(Mapped)]
    #[mapped(registry = WrongRows)]
    pub struct Toy {
        #[column(primary_key)]
        pub id: i64,
        pub owner_id: i64,
    }

    fn pairs() -> Subquery {
        select((&Owner::id.label("owner"), &(Toy::id + 0).label("toy")))
            .join(Toy.on(Toy::owner_id.eq(Owner::id)))
            .subquery("pairs")
    }

    fn count() -> Label<i64> {
        func::count(Toy::id).label("count")
    }

    fn counted() -> Subquery {
        select((Toy, &func::row_number().over(window()).label("place"))).subquery("counted")
    }
}

#[test]
fn mistakes_are_told() {
    let error = wrong::WrongRows::configure().unwrap_err();
    let lines: Vec<String> = error.causes().iter().map(ToString::to_string).collect();
    expect![[r#"
        [unknown-name] `Owner.no_column`: `primaryjoin` at character 13, `pairs.ownr`: `pairs` has no column `ownr`; help: did you mean `owner`?
        [unknown-name] `Owner.no_query`: `primaryjoin` at character 13, `pair.owner`: no mapped class is called `pair`; help: did you mean `pairs`?
        [bad-option] `Owner.nameless`: the query of `secondary` selects something that has no name; help: give it a label
        [bad-option] `Owner.same_labels`: two columns of the query of `secondary` are called `X`; help: give one of them another label
        [bad-option] `Owner.twice`: the query of `secondary` selects `toy.id` twice; help: select it once, or give it a label
        [bad-option] `Owner.common`: `common`, which `secondary` leads through, isn't a query of its own; help: select from it: `select(...).from(&common).subquery(...)`
        [unknown-name] `Owner.no_item`: `primaryjoin` at character 41, `counted.plase < 2)`: `counted` has no column `plase`; help: did you mean `place`?
        [unknown-name] `Owner.no_rows`: `primaryjoin` at character 41, `countd.c.place < 2)`: no table is called `countd`; help: did you mean `counted`?
        [unknown-name] `Owner.no_label`: the query `pairs` of `secondary` has no column `count`; help: select it there; it has `owner`, `toy`
        [unknown-name] `Owner.not_selected`: the query `pairs` of `secondary` has no column `id`; help: select it there; it has `owner`, `toy`
        [bad-option] `Owner.order`: `order_by` names `pairs.toy`, which is no column of what it leads to; help: order by columns of `Toy`
    "#]].assert_eq(&(lines.join("\n") + "\n"));
}
