//! Two registries whose classes have tables of the same names: a query looks in that of its own classes.

use expect_test::expect;
use orm::prelude::*;
use orm::{Session, aliased};
use tests::{Db, show};

mod north {
    use orm::prelude::*;

    orm::registry!(
        /// These classes.
        pub North
    );

    #[derive(Mapped, Debug)]
    #[mapped(registry = North, table = "shop")]
    pub struct NorthShop {
        #[column(primary_key)]
        pub id: i64,
    }

    #[derive(Mapped, Debug)]
    #[mapped(registry = North, table = "part")]
    pub struct NorthPart {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = NorthShop::id)]
        pub shop_id: i64,
        #[column(name = "wide")]
        pub width: i64,
    }

    #[derive(Table)]
    #[mapped(registry = North, table = "visit")]
    pub struct NorthVisit {
        #[column(primary_key)]
        pub day: i64,
        #[column(foreign_key = NorthShop::id)]
        pub shop_id: i64,
    }
}

mod south {
    use orm::prelude::*;

    orm::registry!(
        /// These classes.
        pub South
    );

    #[derive(Mapped, Debug)]
    #[mapped(registry = South, table = "shop")]
    pub struct SouthShop {
        #[column(primary_key)]
        pub id: i64,
    }

    #[derive(Mapped, Debug)]
    #[mapped(registry = South, table = "part")]
    pub struct SouthPart {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = SouthShop::id)]
        pub seller_id: i64,
        #[column(name = "wide")]
        pub breadth: i64,
        #[relationship]
        pub seller: One<SouthShop>,
    }
}

use north::{North, NorthPart, NorthShop, NorthVisit};
use south::{South, SouthPart, SouthShop};

/// The first is of a registry that has the tables, and the second of the other one.
fn sessions() -> [(Db, Session); 2] {
    let (north, south) = (Db::empty(), Db::empty());
    North::create_all(&north.engine).unwrap();
    South::create_all(&south.engine).unwrap();
    [north, south].map(|db| {
        let session = db.session();
        (db, session)
    })
}

#[test]
fn a_foreign_key_of_a_table_that_only_its_columns_name() {
    let [(_, north), (_, south)] = sessions();
    let told = [
        north.sql(select(NorthPart::id).join(NorthShop)),
        south.sql(select(SouthPart::id).join(SouthShop)),
        north.sql(select(NorthShop::id).join(NorthPart)),
        south.sql(select(SouthShop::id).join(SouthPart)),
        north.sql(select(NorthVisit::day).join(NorthShop)),
    ];
    expect![[r#"
        SELECT "part"."id" FROM "part" JOIN "shop" ON "part"."shop_id" = "shop"."id"
        SELECT "part"."id" FROM "part" JOIN "shop" ON "part"."seller_id" = "shop"."id"
        SELECT "shop"."id" FROM "shop" JOIN "part" ON "shop"."id" = "part"."shop_id"
        SELECT "shop"."id" FROM "shop" JOIN "part" ON "shop"."id" = "part"."seller_id"
        SELECT "visit"."day" FROM "visit" JOIN "shop" ON "visit"."shop_id" = "shop"."id"
    "#]]
    .assert_eq(&told.map(|sql| sql.unwrap() + "\n").concat());
}

#[test]
fn attributes_of_queries_with_a_name() {
    let [(_, north), (_, south)] = sessions();
    let (one, two) = (select(NorthPart).subquery("part_of"), select(SouthPart).subquery("part_of"));
    let told = [
        north.sql(select(one.attr("width")).from(&one)),
        south.sql(select(two.attr("breadth")).from(&two)),
        north.sql(select(one.attr("breadth")).from(&one)),
    ];
    expect![[r#"
        SELECT "part_of"."wide" FROM (SELECT "part"."id", "part"."shop_id", "part"."wide" FROM "part") AS "part_of"
        SELECT "part_of"."wide" FROM (SELECT "part"."id", "part"."seller_id", "part"."wide" FROM "part") AS "part_of"
        [query] the query `part_of` has no column `breadth`; help: select it there; it has `id`, `shop_id`, `wide`
    "#]]
        .assert_eq(&told.map(|sql| sql.unwrap_or_else(|error| error.to_string()) + "\n").concat());
}

#[test]
fn messages_name_the_classes_of_the_query() {
    let [(_, north), (_, south)] = sessions();
    let told = [
        north.sql(select(NorthPart).filter(NorthShop::id.eq(1))),
        south.sql(select(SouthPart).filter(SouthShop::id.eq(1))),
        south.sql(select(SouthPart).join(SouthShop).join(SouthShop)),
        south.sql(select(SouthPart).group_by(aliased(SouthShop).of(SouthShop::id))),
        // Nobody knows whose tables these are.
        north.sql(select(NorthPart::id).filter(NorthShop::id.eq(1))),
    ];
    expect![[r#"
        [query] `NorthShop` isn't part of the query; help: compare only columns of classes that are selected or joined
        [query] `SouthShop` isn't part of the query; help: add `.join(SouthPart::seller)`
        [query] `SouthShop` is part of the query already; help: join it under another name: `let other = aliased(SouthShop)`
        [query] an alias of `SouthShop` isn't part of the query; help: join it, as in `.join(relationship.to(alias))`, or name it in `.from(alias)`; a column of `SouthShop` itself is written without `of`
        [query] `shop` isn't part of the query; help: compare only columns of classes that are selected or joined
    "#]].assert_eq(&told.map(|sql| show(sql) + "\n").concat());
}
