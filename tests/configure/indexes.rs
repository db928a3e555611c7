//! Foreign keys by name, and the indexes that they get: the SQL of both, and that queries use them.

use expect_test::expect;
use orm::prelude::*;
use orm::sql::ddl::CreateSchema;
use orm::sqlite::SqliteDialect;
use tests::Db;

mod shop {
    use super::*;

    orm::registry!(
        /// A shop.
        pub(super) Shop
    );

    #[derive(Mapped)]
    #[mapped(registry = Shop)]
    pub struct Customer {
        #[column(primary_key)]
        pub id: i64,
    }

    #[derive(Mapped)]
    #[mapped(registry = Shop)]
    pub struct Purchase {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key(Customer::id, name = "fk_purchase_customer", on_delete = "cascade"))]
        customer_id: i64,
        #[column(foreign_key(Customer::id, name = "fk_payer"), index = false)]
        payer_id: Option<i64>,
        #[column(
            foreign_key("customer.id", deferrable = "initially deferred"),
            unique,
            on_update = "restrict"
        )]
        first_of: Option<i64>,
        #[column(foreign_key = Customer::id, index, unique)]
        last_of: Option<i64>,
    }

    #[derive(Mapped)]
    #[mapped(registry = Shop)]
    pub struct Place {
        #[column(primary_key)]
        pub row: i64,
        #[column(primary_key)]
        pub number: i64,
    }

    #[derive(Table)]
    #[mapped(
        registry = Shop,
        foreign_key(columns(number, row), references(Place::number, Place::row)),
        foreign_key(columns(old_row, old_number), references(Place::row, Place::number), index = false)
    )]
    pub struct Booking {
        #[column(primary_key, foreign_key = Purchase::id)]
        pub purchase_id: i64,
        #[column(primary_key)]
        pub row: i64,
        pub number: i64,
        pub old_row: Option<i64>,
        pub old_number: Option<i64>,
    }
}

#[test]
fn foreign_keys_have_names_and_indexes() {
    let schema = shop::Shop::mapping().unwrap().schema();
    let statements = CreateSchema::new(&schema).statements(&SqliteDialect).unwrap();
    expect![[r#"
        CREATE TABLE "place" (
            "row" INTEGER NOT NULL,
            "number" INTEGER NOT NULL,
            PRIMARY KEY ("row", "number")
        );
        CREATE TABLE "customer" (
            "id" INTEGER NOT NULL PRIMARY KEY
        );
        CREATE TABLE "purchase" (
            "id" INTEGER NOT NULL PRIMARY KEY,
            "customer_id" INTEGER NOT NULL,
            "payer_id" INTEGER,
            "first_of" INTEGER,
            "last_of" INTEGER,
            UNIQUE ("first_of"),
            CONSTRAINT "fk_purchase_customer" FOREIGN KEY ("customer_id") REFERENCES "customer" ("id") ON DELETE CASCADE,
            CONSTRAINT "fk_payer" FOREIGN KEY ("payer_id") REFERENCES "customer" ("id"),
            FOREIGN KEY ("first_of") REFERENCES "customer" ("id") ON UPDATE RESTRICT DEFERRABLE INITIALLY DEFERRED,
            FOREIGN KEY ("last_of") REFERENCES "customer" ("id")
        );
        CREATE UNIQUE INDEX "ix_purchase_last_of" ON "purchase" ("last_of");
        CREATE INDEX "ix_purchase_customer_id" ON "purchase" ("customer_id");
        CREATE TABLE "booking" (
            "purchase_id" INTEGER NOT NULL,
            "row" INTEGER NOT NULL,
            "number" INTEGER NOT NULL,
            "old_row" INTEGER,
            "old_number" INTEGER,
            PRIMARY KEY ("purchase_id", "row"),
            FOREIGN KEY ("purchase_id") REFERENCES "purchase" ("id"),
            FOREIGN KEY ("number", "row") REFERENCES "place" ("number", "row"),
            FOREIGN KEY ("old_row", "old_number") REFERENCES "place" ("row", "number")
        );
        CREATE INDEX "ix_booking_number_row" ON "booking" ("number", "row")"#]].assert_eq(&statements.join(";\n"));
}

#[test]
fn a_collection_is_found_by_the_index() {
    let db = Db::empty();
    shop::Shop::create_all(&db.engine).unwrap();
    let plan = db.rows("EXPLAIN QUERY PLAN SELECT id FROM purchase WHERE customer_id = 1");
    assert!(
        plan.contains("SEARCH purchase USING COVERING INDEX ix_purchase_customer_id (customer_id=?)"),
        "{plan}"
    );
    let plan = db.rows("EXPLAIN QUERY PLAN SELECT id FROM purchase WHERE payer_id = 1");
    assert!(plan.contains("SCAN purchase"), "{plan}");
}
