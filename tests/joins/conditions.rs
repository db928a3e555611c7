//! What a condition comes to: what it compares, which of its columns are remote or foreign, which way it leads, what joins it
//! under other names, and what is asked of one object. The shapes are those on which SQLAlchemy tries its join conditions.

use expect_test::expect;
use orm::prelude::*;
use orm::{Select, func};
use tests::Db;

orm::registry!(
    /// These classes.
    pub Shapes
);

#[derive(Mapped, Debug)]
#[mapped(table = "lft", registry = Shapes)]
pub struct Left {
    #[column(primary_key)]
    pub id: i64,
    pub x: Option<i64>,
    pub y: Option<i64>,
    #[relationship(back_populates = "left", order_by = Right::id)]
    pub rights: Many<Right>,
    /// The foreign column is within a function.
    #[relationship(primaryjoin = Left::id.eq(func::abs(Right::left_id).foreign()), viewonly, order_by = Right::id)]
    pub by_function: Many<Right>,
    /// Two columns on each side.
    #[relationship(
        primaryjoin = (Left::x + Left::y).eq((Right::x * Right::y).foreign()),
        viewonly,
        order_by = Right::id
    )]
    pub compound: Many<Right>,
    #[relationship(
        primaryjoin = (Left::x + Left::y).eq((Right::x * Right::y).foreign().remote()),
        viewonly,
        order_by = Right::id
    )]
    pub compound_marked: Many<Right>,
    /// A criterion on the class itself.
    #[relationship(primaryjoin = Left::id.eq(Right::left_id).and(Left::x.eq(5)), viewonly, order_by = Right::id)]
    pub if_five: Many<Right>,
}

#[derive(Mapped, Debug)]
#[mapped(table = "rgt", registry = Shapes)]
pub struct Right {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Left::id)]
    pub left_id: Option<i64>,
    pub x: Option<i64>,
    pub y: Option<i64>,
    #[relationship(back_populates = "rights")]
    pub left: Option<One<Left>>,
    #[relationship(primaryjoin = Left::id.eq(Right::left_id).and(Left::x.eq(5)), viewonly)]
    pub left_of_five: Option<One<Left>>,
}

/// A class that leads to itself.
#[derive(Mapped, Debug)]
#[mapped(registry = Shapes)]
pub struct Own {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Own::id)]
    pub own_id: Option<i64>,
    #[relationship(back_populates = "above", order_by = Own::id)]
    pub below: Many<Own>,
    #[relationship(back_populates = "below", remote_side = Own::id)]
    pub above: Option<One<Own>>,
    /// The same column on both sides of each comparison.
    #[relationship(
        primaryjoin = Own::own_id.eq(Own::own_id.foreign().remote())
            .or(Own::own_id.foreign().remote().eq(Own::own_id)),
        viewonly,
        order_by = Own::id
    )]
    pub siblings: Many<Own>,
}

/// The same by a key of two columns, of which one is on both sides.
#[derive(Mapped, Debug)]
#[mapped(registry = Shapes, foreign_key(columns(part_of, band), references(Part::id, Part::band)))]
pub struct Part {
    #[column(primary_key)]
    pub id: i64,
    #[column(primary_key)]
    pub band: i64,
    pub part_of: Option<i64>,
    #[relationship(back_populates = "whole", foreign_keys = Part::part_of, order_by = Part::id)]
    pub parts: Many<Part>,
    #[relationship(back_populates = "parts", foreign_keys = Part::part_of, remote_side = (Part::id, Part::band))]
    pub whole: Option<One<Part>>,
    /// Through a function, with the remote columns marked one by one, or named.
    #[relationship(
        primaryjoin = Part::band.remote().eq(func::abs(Part::band)).and(Part::part_of.remote().eq(Part::id)),
        viewonly,
        order_by = Part::id
    )]
    pub parts_marked: Many<Part>,
    #[relationship(
        primaryjoin = Part::band.eq(func::abs(Part::band)).and(Part::part_of.eq(Part::id)),
        remote_side = Part::part_of,
        viewonly,
        order_by = Part::id
    )]
    pub parts_named: Many<Part>,
}

#[derive(Mapped, Debug)]
#[mapped(registry = Shapes)]
pub struct Near {
    #[column(primary_key)]
    pub id: i64,
    #[relationship(secondary = Between, backref(name = "nears", order_by = Near::id), order_by = Far::id)]
    pub fars: Many<Far>,
}

#[derive(Mapped, Debug)]
#[mapped(registry = Shapes)]
pub struct Far {
    #[column(primary_key)]
    pub id: i64,
}

#[derive(Table)]
#[mapped(registry = Shapes)]
pub struct Between {
    #[column(primary_key, foreign_key = Near::id)]
    pub near_id: i64,
    #[column(primary_key, foreign_key = Far::id)]
    pub far_id: i64,
}

/// Two foreign keys that share a column.
#[derive(Mapped, Debug)]
#[mapped(registry = Shapes)]
pub struct Goal {
    #[column(primary_key)]
    pub user: i64,
    #[column(primary_key)]
    pub org: i64,
    #[relationship(foreign_keys = (Shot::second, Shot::org), order_by = Shot::id)]
    pub seconds: Many<Shot>,
}

#[derive(Mapped, Debug)]
#[mapped(
    registry = Shapes,
    foreign_key(columns(first, org), references(Goal::user, Goal::org)),
    foreign_key(columns(second, org), references(Goal::user, Goal::org))
)]
pub struct Shot {
    #[column(primary_key)]
    pub id: i64,
    pub first: Option<i64>,
    pub second: Option<i64>,
    pub org: Option<i64>,
}

/// A single column.
#[derive(Mapped, Debug)]
#[mapped(registry = Shapes)]
pub struct Path {
    #[column(primary_key)]
    pub path: String,
    #[relationship(
        primaryjoin = Path::path.like(Path::path.concat("%").foreign().remote()),
        viewonly,
        order_by = Path::path
    )]
    pub starts: Many<Path>,
    #[relationship(primaryjoin = Path::path.remote().like(Path::path.concat("%").foreign()), viewonly)]
    pub longer: Option<One<Path>>,
}

/// Its direction, its conditions, and the marks of their columns.
fn told(class: &str, name: &str) -> String {
    let relationship = Shapes::mapper(class).unwrap().relationship(name).unwrap();
    let direction = Shapes::mapper(class).unwrap().relation_named(name).unwrap().direction();
    let mut told = format!("{class}.{name}: {direction:?}");
    for join in [Some(relationship.primaryjoin()), relationship.secondaryjoin()].into_iter().flatten() {
        told.push_str(&format!("\n    {join}\n       "));
        for column in join.columns() {
            let marks = [(column.is_remote, " remote"), (column.is_foreign, " foreign")];
            let marks = marks.map(|(is, word)| if is { word } else { "" });
            told.push_str(&format!(" {column}{};", marks.concat()));
        }
    }
    told + "\n"
}

#[test]
fn columns_and_directions() {
    let all = [
        ("Left", "rights"),
        ("Right", "left"),
        ("Left", "by_function"),
        ("Left", "compound"),
        ("Left", "compound_marked"),
        ("Left", "if_five"),
        ("Right", "left_of_five"),
        ("Own", "below"),
        ("Own", "above"),
        ("Own", "siblings"),
        ("Part", "parts"),
        ("Part", "whole"),
        ("Part", "parts_marked"),
        ("Part", "parts_named"),
        ("Near", "fars"),
        ("Far", "nears"),
        ("Goal", "seconds"),
        ("Path", "starts"),
        ("Path", "longer"),
    ];
    expect![[r#"
        Left.rights: OneToMany
            lft.id = rgt.left_id
                lft.id; rgt.left_id remote foreign;
        Right.left: ManyToOne
            lft.id = rgt.left_id
                lft.id remote; rgt.left_id foreign;
        Left.by_function: OneToMany
            lft.id = abs(rgt.left_id)
                lft.id; rgt.left_id remote foreign;
        Left.compound: OneToMany
            lft.x + lft.y = rgt.x * rgt.y
                lft.x; lft.y; rgt.x remote foreign; rgt.y remote foreign;
        Left.compound_marked: OneToMany
            lft.x + lft.y = rgt.x * rgt.y
                lft.x; lft.y; rgt.x remote foreign; rgt.y remote foreign;
        Left.if_five: OneToMany
            lft.id = rgt.left_id AND lft.x = 5
                lft.id; rgt.left_id remote foreign; lft.x;
        Right.left_of_five: ManyToOne
            lft.id = rgt.left_id AND lft.x = 5
                lft.id remote; rgt.left_id foreign; lft.x remote;
        Own.below: OneToMany
            own.id = own.own_id
                own.id; own.own_id remote foreign;
        Own.above: ManyToOne
            own.id = own.own_id
                own.id remote; own.own_id foreign;
        Own.siblings: OneToMany
            own.own_id = own.own_id OR own.own_id = own.own_id
                own.own_id; own.own_id remote foreign;
        Part.parts: OneToMany
            part.id = part.part_of AND part.band = part.band
                part.id; part.part_of remote foreign; part.band; part.band remote;
        Part.whole: ManyToOne
            part.id = part.part_of AND part.band = part.band
                part.id remote; part.part_of foreign; part.band remote; part.band;
        Part.parts_marked: OneToMany
            part.band = abs(part.band) AND part.part_of = part.id
                part.band remote; part.band; part.part_of remote foreign; part.id;
        Part.parts_named: OneToMany
            part.band = abs(part.band) AND part.part_of = part.id
                part.band; part.part_of remote foreign; part.id;
        Near.fars: ManyToMany
            near.id = "between".near_id
                near.id; "between".near_id remote foreign;
            far.id = "between".far_id
                far.id remote; "between".far_id remote foreign;
        Far.nears: ManyToMany
            far.id = "between".far_id
                far.id; "between".far_id remote foreign;
            near.id = "between".near_id
                near.id remote; "between".near_id remote foreign;
        Goal.seconds: OneToMany
            goal."user" = shot.second AND goal.org = shot.org
                goal."user"; shot.second remote foreign; goal.org; shot.org remote foreign;
        Path.starts: OneToMany
            path.path LIKE path.path || '%'
                path.path; path.path remote foreign;
        Path.longer: ManyToOne
            path.path LIKE path.path || '%'
                path.path remote; path.path foreign;
    "#]]
    .assert_eq(&all.map(|(class, name)| told(class, name)).concat());
}

fn shapes() -> Db {
    let db = Db::empty();
    Shapes::create_all(&db.engine).unwrap();
    db.run("INSERT INTO lft VALUES (1, 5, 1), (2, 2, 4), (3, NULL, NULL)");
    db.run("INSERT INTO rgt VALUES (1, 1, 2, 3), (2, 1, 1, 6), (3, 2, 3, 3), (4, NULL, 6, 1)");
    db.run("INSERT INTO own VALUES (1, NULL), (2, 1), (3, 1), (4, 2)");
    db.run("INSERT INTO part VALUES (1, 7, NULL), (2, 7, 1), (3, 7, 1), (1, 8, NULL), (4, 8, 1)");
    db.sql();
    db
}

/// The condition goes by the names that either side has in a query.
#[test]
fn joined_under_other_names() {
    let db = shapes();
    let session = db.session();
    let pairs = |query: Select<(i64, i64)>| session.execute(query).unwrap().all().unwrap();
    let (left, right) = (aliased(Left), aliased(Right));
    let plain = select((Left::id, Right::id)).join(Left::rights).order_by(Right::id);
    assert_eq!(pairs(plain), [(1, 1), (1, 2), (2, 3)]);
    let from_alias = select((left.of(Left::id), Right::id)).from(left).join(left.of(Left::rights));
    assert_eq!(pairs(from_alias.order_by(Right::id)), [(1, 1), (1, 2), (2, 3)]);
    let to_alias = select((Left::id, right.of(Right::id))).join(Left::rights.to(right));
    assert_eq!(pairs(to_alias.order_by(right.of(Right::id))), [(1, 1), (1, 2), (2, 3)]);
    let below = aliased(Own);
    let own = select((Own::id, below.of(Own::id))).join(Own::below.to(below));
    assert_eq!(pairs(own.order_by(below.of(Own::id))), [(1, 2), (1, 3), (2, 4)]);
    let other = aliased(Part);
    let parts = select((Part::id, other.of(Part::id))).join(Part::parts.to(other));
    assert_eq!(pairs(parts.order_by(other.of(Part::id))), [(1, 2), (1, 3), (1, 4)]);
    let whole = select((Part::id, other.of(Part::id))).join(Part::whole.to(other));
    assert_eq!(pairs(whole.order_by(Part::id)), [(2, 1), (3, 1), (4, 1)]);
    expect![[r#"
        SELECT "lft"."id", "rgt"."id" FROM "lft" JOIN "rgt" ON "lft"."id" = "rgt"."left_id" ORDER BY "rgt"."id"
        SELECT "lft"."id", "rgt"."id" FROM "lft" JOIN "rgt" ON "lft"."id" = "rgt"."left_id" ORDER BY "rgt"."id"
        SELECT "lft"."id", "rgt"."id" FROM "lft" JOIN "rgt" ON "lft"."id" = "rgt"."left_id" ORDER BY "rgt"."id"
        SELECT "own"."id", "own_1"."id" FROM "own" JOIN "own" AS "own_1" ON "own"."id" = "own_1"."own_id" ORDER BY "own_1"."id"
        SELECT "part"."id", "part_1"."id" FROM "part" JOIN "part" AS "part_1" ON "part"."id" = "part_1"."part_of" AND "part"."band" = "part_1"."band" ORDER BY "part_1"."id"
        SELECT "part"."id", "part_1"."id" FROM "part" JOIN "part" AS "part_1" ON "part_1"."id" = "part"."part_of" AND "part_1"."band" = "part"."band" ORDER BY "part"."id"
    "#]].assert_eq(&db.sql());
}

/// What is asked of one object: its own columns are values, also those of a criterion, and also where they are NULL.
#[test]
fn asked_of_one_object() {
    let db = shapes();
    let session = db.session();
    let [one, two, three] = [1, 2, 3].map(|id| session.get_one::<Left>(id).unwrap());
    let [first, third] = [1, 3].map(|id| session.get_one::<Right>(id).unwrap());
    let whole = session.get_one::<Part>((1, 7)).unwrap();
    let second = session.get_one::<Own>(2).unwrap();
    db.sql();
    let ids = |rights: orm::Collection<Right>| -> Vec<i64> {
        rights.iter().unwrap().map(|right| right.id().unwrap()).collect()
    };
    assert_eq!((ids(one.rights()), ids(one.if_five()), ids(two.if_five())), (vec![1, 2], vec![1, 2], vec![]));
    assert_eq!((ids(one.by_function()), ids(one.compound())), (vec![1, 2], vec![1, 2, 4]));
    assert_eq!((ids(two.compound_marked()), ids(three.compound())), (vec![1, 2, 4], vec![]));
    assert_eq!((first.left_of_five().unwrap(), third.left_of_five().unwrap()), (Some(one), None));
    let parts = |parts: orm::Collection<Part>| -> Vec<i64> {
        parts.iter().unwrap().map(|part| part.id().unwrap()).collect()
    };
    assert_eq!((parts(whole.parts()), parts(whole.parts_marked())), (vec![2, 3], vec![2, 3]));
    let siblings: Vec<i64> = second.siblings().iter().unwrap().map(|own| own.id().unwrap()).collect();
    assert_eq!(siblings, [2, 3]);
    expect![[r#"
        SELECT "rgt"."id", "rgt"."left_id", "rgt"."x", "rgt"."y" FROM "rgt" WHERE ? = "rgt"."left_id" ORDER BY "rgt"."id" [1]
        SELECT "rgt"."id", "rgt"."left_id", "rgt"."x", "rgt"."y" FROM "rgt" WHERE ? = "rgt"."left_id" AND ? = ? ORDER BY "rgt"."id" [1, 5, 5]
        SELECT "rgt"."id", "rgt"."left_id", "rgt"."x", "rgt"."y" FROM "rgt" WHERE ? = "rgt"."left_id" AND ? = ? ORDER BY "rgt"."id" [2, 2, 5]
        SELECT "rgt"."id", "rgt"."left_id", "rgt"."x", "rgt"."y" FROM "rgt" WHERE ? = abs("rgt"."left_id") ORDER BY "rgt"."id" [1]
        SELECT "rgt"."id", "rgt"."left_id", "rgt"."x", "rgt"."y" FROM "rgt" WHERE ? + ? = "rgt"."x" * "rgt"."y" ORDER BY "rgt"."id" [5, 1]
        SELECT "rgt"."id", "rgt"."left_id", "rgt"."x", "rgt"."y" FROM "rgt" WHERE ? + ? = "rgt"."x" * "rgt"."y" ORDER BY "rgt"."id" [2, 4]
        SELECT "rgt"."id", "rgt"."left_id", "rgt"."x", "rgt"."y" FROM "rgt" WHERE ? + ? = "rgt"."x" * "rgt"."y" ORDER BY "rgt"."id" [NULL, NULL]
        SELECT "lft"."id", "lft"."x", "lft"."y" FROM "lft" WHERE "lft"."id" = ? AND "lft"."x" = ? [1, 5]
        SELECT "lft"."id", "lft"."x", "lft"."y" FROM "lft" WHERE "lft"."id" = ? AND "lft"."x" = ? [2, 5]
        SELECT "part"."id", "part"."band", "part"."part_of" FROM "part" WHERE ? = "part"."part_of" AND ? = "part"."band" ORDER BY "part"."id" [1, 7]
        SELECT "part"."id", "part"."band", "part"."part_of" FROM "part" WHERE "part"."band" = abs(?) AND "part"."part_of" = ? ORDER BY "part"."id" [7, 1]
        SELECT "own"."id", "own"."own_id" FROM "own" WHERE ? = "own"."own_id" OR "own"."own_id" = ? ORDER BY "own"."id" [1, 1]
    "#]].assert_eq(&db.sql());
}
