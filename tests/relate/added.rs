//! Relationships and columns that a class doesn't declare itself: they are registered for it, and take part in all that
//! its own do. Some relationships lead to the rows of a query.

use expect_test::expect;
use orm::__private::{
    AddedSlot, ColumnDecl, ColumnName, ColumnRegistration, ForeignKeyDecl, OrderDecl, Registry, RelationDecl,
    RelationRegistration, SecondaryDecl, TableDecl, TableSource, TargetDecl, inventory,
};
use orm::prelude::*;
use orm::sql::{ColumnRef, FromItem, OrderTerm, SelectStmt, TableRef, Tree};
use orm::{
    AnyClass, AnyObj, Cascade, Code, Column, IntoObj, Kind, Related, Relationship, Select, ToMany, ToOne,
    Value, with_parent,
};
use orm_core::sql::CompareOp;
use tests::Db;

orm::registry!(
    /// These classes.
    pub Shop
);

/// Its relationship's reverse side is added to the other class.
#[derive(Mapped, Default)]
#[mapped(registry = Shop)]
pub struct Buyer {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[relationship(target = "Sale", back_populates = "buyer", order_by = Sale::id)]
    pub sales: Many<AnyClass>,
}

/// It declares no relationship.
#[derive(Mapped, Default)]
#[mapped(registry = Shop)]
pub struct Sale {
    #[column(primary_key)]
    pub id: i64,
    pub total: i64,
    #[column(foreign_key = Buyer::id)]
    pub buyer_id: Option<i64>,
}

/// A label of sales.
#[derive(Mapped, Default)]
#[mapped(registry = Shop)]
pub struct Label {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
}

/// Rows between the two, to which a column is added.
#[derive(Mapped)]
#[mapped(registry = Shop)]
pub struct SaleLabel {
    #[column(primary_key, foreign_key = Sale::id)]
    pub sale_id: i64,
    #[column(primary_key, foreign_key = Label::id)]
    pub label_id: i64,
}

/// The columns of a query between buyers and labels. There is no such table.
static BUYER_LABEL: TableDecl = TableDecl {
    columns: &[ColumnDecl::of::<i64>("buyer_id", "buyer_id"), ColumnDecl::of::<i64>("label_id", "label_id")],
    foreign_keys: &[
        ForeignKeyDecl {
            columns: &["buyer_id"],
            table: "buyer",
            references: &["id"],
            ..ForeignKeyDecl::PLAIN
        },
        ForeignKeyDecl {
            columns: &["label_id"],
            table: "label",
            references: &["id"],
            ..ForeignKeyDecl::PLAIN
        },
    ],
    ..TableDecl::named("buyer_label")
};

fn large_sales(_: &[&'static str]) -> orm::Result<SelectStmt> {
    let sale = TableRef::new("sale");
    let is_large = Tree::from(sale.column("total")).compare(CompareOp::Gt, Value::Int(100).into());
    let items = ["id", "total", "buyer_id"].map(|name| sale.column(name));
    Ok(SelectStmt::new().items(items).from(sale).filter(is_large))
}

fn patrons(_: &[&'static str]) -> orm::Result<SelectStmt> {
    let buyer = TableRef::new("buyer");
    let is_patron = Tree::from(buyer.column("name")).equals(Value::Text("ann".into()).into());
    Ok(SelectStmt::new().items(["id", "name"].map(|name| buyer.column(name))).from(buyer).filter(is_patron))
}

fn labels_of_buyers(_: &[&'static str]) -> orm::Result<SelectStmt> {
    let (sale, link) = (TableRef::new("sale"), TableRef::new("sale_label"));
    let on = Tree::from(sale.column("id")).equals(link.column("sale_id").into());
    let items = [sale.column("buyer_id"), link.column("label_id")];
    Ok(SelectStmt::new().items(items).distinct().from(FromItem::from(sale).join(link, on)))
}

fn by_id(table: &'static str) -> orm::Result<Vec<OrderTerm>> {
    Ok(vec![OrderTerm::asc(ColumnRef::new(table, "id").into())])
}

static SALE_BUYER: RelationDecl = RelationDecl {
    back_populates: Some("sales"),
    ..RelationDecl::new("buyer", Kind::OptionalOne, TargetDecl::Named("Buyer"))
};
static SALE_PATRON: RelationDecl = RelationDecl {
    rows: Some(|| Box::new(patrons)),
    overlaps: &["sales", "buyer", "large_sales"],
    ..RelationDecl::new("patron", Kind::OptionalOne, TargetDecl::class::<Buyer>())
};
static SALE_LABELS: RelationDecl = RelationDecl {
    secondary: SecondaryDecl::Named("sale_label"),
    back_populates: Some("sales"),
    order_by: Some(OrderDecl::Typed(|_| by_id("label"))),
    cascade: Cascade::ALL,
    ..RelationDecl::new("labels", Kind::Set, TargetDecl::class::<Label>())
};
static LABEL_SALES: RelationDecl = RelationDecl {
    secondary: SecondaryDecl::Table(&<SaleLabel as TableSource>::TABLE),
    back_populates: Some("labels"),
    ..RelationDecl::new("sales", Kind::List, TargetDecl::class::<Sale>())
};
static BUYER_LARGE: RelationDecl = RelationDecl {
    rows: Some(|| Box::new(large_sales)),
    overlaps: &["sales", "buyer", "patron"],
    order_by: Some(OrderDecl::Typed(|_| by_id("sale"))),
    ..RelationDecl::new("large_sales", Kind::List, TargetDecl::class::<Sale>())
};
static BUYER_LABELS: RelationDecl = RelationDecl {
    secondary: SecondaryDecl::Rows(&BUYER_LABEL, || Box::new(labels_of_buyers)),
    order_by: Some(OrderDecl::Typed(|_| by_id("label"))),
    ..RelationDecl::new("labels", Kind::List, TargetDecl::class::<Label>())
};

inventory::submit! { RelationRegistration::new(TargetDecl::Named("Sale"), &SALE_BUYER, Shop::CELL) }
inventory::submit! { RelationRegistration::new(TargetDecl::class::<Sale>(), &SALE_PATRON, Shop::CELL) }
inventory::submit! { RelationRegistration::new(TargetDecl::class::<Sale>(), &SALE_LABELS, Shop::CELL) }
inventory::submit! { RelationRegistration::new(TargetDecl::class::<Label>(), &LABEL_SALES, Shop::CELL) }
inventory::submit! { RelationRegistration::new(TargetDecl::Named("Buyer"), &BUYER_LARGE, Shop::CELL) }
inventory::submit! { RelationRegistration::new(TargetDecl::Named("added::Buyer"), &BUYER_LABELS, Shop::CELL) }

static LABEL_COLOR: ColumnDecl = ColumnDecl::of::<Option<String>>("color", "rgb");
static LABEL_PARENT_ID: ColumnDecl = ColumnDecl::of::<Option<i64>>("parent_id", "parent_id");
static LINK_SINCE: ColumnDecl = ColumnDecl::of::<Option<i64>>("since", "since")
    .default_to(|| orm::__private::default_value::<Option<i64>>(7));
static TO_PARENT: [ForeignKeyDecl; 1] = [ForeignKeyDecl {
    columns: &["parent_id"],
    table: "label",
    references: &["id"],
    ..ForeignKeyDecl::PLAIN
}];
static TEXT: AddedSlot = AddedSlot::of::<Option<String>>();
static NUMBER: AddedSlot = AddedSlot::of::<Option<i64>>();
static LABEL_PARENT: RelationDecl = RelationDecl {
    remote_side: &[ColumnName::new("label", "id")],
    ..RelationDecl::new("parent", Kind::OptionalOne, TargetDecl::class::<Label>())
};

inventory::submit! { ColumnRegistration::new(TargetDecl::Named("SaleLabel"), &LINK_SINCE, &[], &NUMBER, Shop::CELL) }
inventory::submit! { ColumnRegistration::new(TargetDecl::Named("Label"), &LABEL_COLOR, &[], &TEXT, Shop::CELL) }
inventory::submit! {
    ColumnRegistration::new(TargetDecl::class::<Label>(), &LABEL_PARENT_ID, &TO_PARENT, &NUMBER, Shop::CELL)
}
inventory::submit! { RelationRegistration::new(TargetDecl::class::<Label>(), &LABEL_PARENT, Shop::CELL) }

// What is added stands behind what is declared, in the order of the names.
const BUYER_LABELS_OF: Relationship<Buyer, Label, ToMany> = Relationship::new("labels", 1);
const LARGE: Relationship<Buyer, Sale, ToMany> = Relationship::new("large_sales", 2);
const PATRON: Relationship<Sale, Buyer, ToOne> = Relationship::new("patron", 2);

fn any<T: orm::Live>(object: &Obj<T>) -> AnyObj {
    Obj::any(object)
}

fn shop() -> (Db, Session) {
    let db = Db::empty();
    Shop::create_all(&db.engine).unwrap();
    let session = db.session();
    session.add(Buyer::builder().name("ann")).unwrap();
    session.add(Buyer::builder().name("bob")).unwrap();
    for (total, buyer) in [(50, 1), (150, 1), (200, 2), (300, 1)] {
        session.add(Sale::builder().total(total).buyer_id(buyer)).unwrap();
    }
    session.commit().unwrap();
    db.sql();
    (db, session)
}

fn id(value: Value) -> i64 {
    match value {
        Value::Int(id) => id,
        other => panic!("{other:?}"),
    }
}

fn ids(object: &AnyObj, name: &str) -> Vec<i64> {
    let Related::Many(items) = object.related(name).unwrap() else { panic!("`{name}` isn't a collection") };
    items.iter().map(|item| id(item.get("id").unwrap())).collect()
}

fn one(object: &AnyObj, name: &str) -> Option<i64> {
    let Related::One(one) = object.related(name).unwrap() else { panic!("`{name}` is a collection") };
    one.map(|one| id(one.get("id").unwrap()))
}

#[test]
fn what_is_added_stands_behind_what_is_declared() {
    let names = |class: &str| -> Vec<String> {
        let mapper = Shop::mapper(class).unwrap();
        let relations = mapper.relations().iter();
        relations.map(|relation| format!("{} {}", relation.slot().index(), relation.name())).collect()
    };
    assert_eq!(names("Buyer"), ["0 sales", "1 labels", "2 large_sales"]);
    assert_eq!(names("Sale"), ["0 buyer", "1 labels", "2 patron"]);
    assert_eq!(names("Label"), ["0 parent", "1 sales"]);
    let sale = Shop::mapper("Sale").unwrap();
    let inverse = sale.relation_named("buyer").unwrap().inverse().unwrap();
    assert_eq!((inverse.class(), inverse.name()), ("Buyer", "sales"));
    assert_eq!(inverse.inverse().map(|back| back.id()), sale.relation_named("buyer").map(|buyer| buyer.id()));
    let unknown = any(&Sale::builder().into_obj().unwrap()).related("labls").unwrap_err();
    assert!(unknown.to_string().contains("did you mean `labels`?"), "{unknown}");
}

#[test]
fn an_added_side_keeps_in_step_and_is_flushed() {
    let (db, session) = shop();
    let buyer = session.add(Buyer::builder().name("eve")).unwrap();
    let (first, second) =
        (Sale::builder().total(1).into_obj().unwrap(), Sale::builder().total(2).into_obj().unwrap());
    session.add(&first).unwrap();
    any(&first).relate("buyer", Some(&any(&buyer))).unwrap();
    assert_eq!(any(&buyer).collection("sales").unwrap().len().unwrap(), 1, "the declared side follows");
    any(&buyer).collection("sales").unwrap().append(any(&second)).unwrap();
    assert_eq!(
        any(&second).related("buyer").unwrap(),
        Related::One(Some(any(&buyer))),
        "the added side follows"
    );
    let label = Label::builder().name("new").into_obj().unwrap();
    any(&first).collection("labels").unwrap().append(any(&label)).unwrap();
    assert_eq!(any(&label).related("sales").unwrap(), Related::Many(vec![any(&first)]));
    session.commit().unwrap();
    expect![[r#"
        INSERT INTO "buyer" ("name") VALUES (?) ['eve']
        INSERT INTO "label" ("name", "rgb", "parent_id") VALUES (?, ?, ?) ['new', NULL, NULL]
        INSERT INTO "sale" ("total", "buyer_id") VALUES (?, ?) [1, 3]
        INSERT INTO "sale" ("total", "buyer_id") VALUES (?, ?) [2, 3]
        INSERT INTO "sale_label" ("label_id", "sale_id", "since") VALUES (?, ?, ?) [1, 5, 7]
    "#]]
    .assert_eq(&db.sql());
    assert_eq!((ids(&any(&buyer), "sales"), one(&any(&first), "buyer")), (vec![5, 6], Some(3)));
    assert_eq!((ids(&any(&first), "labels"), ids(&any(&label), "sales")), (vec![1], vec![5]));
    db.sql();

    // Its cascades: the label goes with its sale.
    any(&second).relate("buyer", None).unwrap();
    session.delete(&first).unwrap();
    session.flush().unwrap();
    expect![[r#"
        SELECT "buyer"."id", "buyer"."name" FROM (SELECT "buyer"."id", "buyer"."name" FROM "buyer" WHERE "buyer"."name" = ?) AS "buyer" WHERE "buyer"."id" = ? ['ann', 3]
        DELETE FROM "sale_label" WHERE "sale_id" = ? AND "label_id" = ? [5, 1]
        UPDATE "sale" SET "buyer_id" = ? WHERE "id" = ? [NULL, 6]
        DELETE FROM "sale" WHERE "id" = ? [5]
        DELETE FROM "label" WHERE "id" = ? [1]
    "#]].assert_eq(&db.sql());
}

#[test]
fn an_added_relationship_expires_and_is_refreshed_by_its_name() {
    let (db, session) = shop();
    let sale = session.get_one::<Sale>(3).unwrap();
    assert_eq!(one(&any(&sale), "buyer"), Some(2));
    session.expire_attributes(&sale, &["buyer"]).unwrap();
    assert_eq!(any(&sale).peek_related("buyer").unwrap(), Related::NotLoaded);
    session.refresh_attributes(&sale, &["labels"]).unwrap();
    assert_eq!(any(&sale).peek_related("labels").unwrap(), Related::Many(vec![]));
    assert_eq!(one(&any(&sale), "buyer"), Some(2));
    expect![[r#"
        SELECT "id", "total", "buyer_id" FROM "sale" WHERE "id" = ? [3]
        SELECT "id", "name" FROM "buyer" WHERE "id" = ? [2]
        SELECT "id", "total", "buyer_id" FROM "sale" WHERE "id" = ? [3]
        SELECT "label"."id", "label"."name", "label"."rgb", "label"."parent_id" FROM "label", "sale_label" WHERE ? = "sale_label"."sale_id" AND "label"."id" = "sale_label"."label_id" ORDER BY "label"."id" [3]
        SELECT "id", "name" FROM "buyer" WHERE "id" = ? [2]
    "#]].assert_eq(&db.sql());
}

/// Rows of a query become objects of the target's class.
#[test]
fn rows_of_a_query_are_loaded_lazily() {
    let (db, session) = shop();
    let buyer = session.get_one::<Buyer>(1).unwrap();
    let known = session.get_one::<Sale>(2).unwrap();
    db.sql();
    assert_eq!(ids(&any(&buyer), "large_sales"), [2, 4]);
    assert_eq!(any(&buyer).collection("large_sales").unwrap().get(0).unwrap(), Some(any(&known)));
    expect![[r#"
        SELECT "sale"."id", "sale"."total", "sale"."buyer_id" FROM (SELECT "sale"."id", "sale"."total", "sale"."buyer_id" FROM "sale" WHERE "sale"."total" > ?) AS "sale" WHERE ? = "sale"."buyer_id" ORDER BY "sale"."id" [100, 1]
    "#]].assert_eq(&db.sql());
    // The row of the key isn't one of the query's: the identity map alone can't say.
    let [ann, bob] = [2, 3].map(|id| session.get_one::<Sale>(id).unwrap());
    session.get_one::<Buyer>(2).unwrap();
    db.sql();
    assert_eq!([one(&any(&ann), "patron"), one(&any(&bob), "patron")], [Some(1), None]);
    expect![[r#"
        SELECT "buyer"."id", "buyer"."name" FROM (SELECT "buyer"."id", "buyer"."name" FROM "buyer" WHERE "buyer"."name" = ?) AS "buyer" WHERE "buyer"."id" = ? ['ann', 1]
        SELECT "buyer"."id", "buyer"."name" FROM (SELECT "buyer"."id", "buyer"."name" FROM "buyer" WHERE "buyer"."name" = ?) AS "buyer" WHERE "buyer"."id" = ? ['ann', 2]
    "#]].assert_eq(&db.sql());
}

#[test]
fn rows_of_a_query_are_joined_and_asked_for() {
    let (db, session) = shop();
    let run = |query: Select<Obj<Buyer>>| -> Vec<i64> {
        session.scalars(query).unwrap().all().unwrap().iter().map(|buyer| buyer.id().unwrap()).collect()
    };
    let buyers = || select(Buyer).order_by(Buyer::id);
    assert_eq!(run(buyers().join(LARGE).filter(Sale::total.lt(250))), [1, 2]);
    assert_eq!(run(buyers().outer_join(LARGE)), [1, 2]);
    assert_eq!(run(buyers().filter(LARGE.any(Sale::total.gt(250)))), [1]);
    assert_eq!(run(buyers().filter(LARGE.is_empty())), [0; 0]);
    let (small, large) = (session.get_one::<Sale>(1).unwrap(), session.get_one::<Sale>(2).unwrap());
    assert_eq!(
        [run(buyers().filter(LARGE.contains(&small))), run(buyers().filter(LARGE.contains(&large)))],
        [vec![], vec![1]]
    );
    expect![[r#"
        SELECT "buyer"."id", "buyer"."name" FROM "buyer" JOIN (SELECT "sale"."id", "sale"."total", "sale"."buyer_id" FROM "sale" WHERE "sale"."total" > ?) AS "sale" ON "buyer"."id" = "sale"."buyer_id" WHERE "sale"."total" < ? ORDER BY "buyer"."id" [100, 250]
        SELECT "buyer"."id", "buyer"."name" FROM "buyer" LEFT JOIN (SELECT "sale"."id", "sale"."total", "sale"."buyer_id" FROM "sale" WHERE "sale"."total" > ?) AS "sale" ON "buyer"."id" = "sale"."buyer_id" ORDER BY "buyer"."id" [100]
        SELECT "buyer"."id", "buyer"."name" FROM "buyer" WHERE EXISTS (SELECT ? FROM (SELECT "sale"."id", "sale"."total", "sale"."buyer_id" FROM "sale" WHERE "sale"."total" > ?) AS "sale" WHERE "buyer"."id" = "sale"."buyer_id" AND "sale"."total" > ?) ORDER BY "buyer"."id" [1, 100, 250]
        SELECT "buyer"."id", "buyer"."name" FROM "buyer" WHERE NOT EXISTS (SELECT ? FROM (SELECT "sale"."id", "sale"."total", "sale"."buyer_id" FROM "sale" WHERE "sale"."total" > ?) AS "sale" WHERE "buyer"."id" = "sale"."buyer_id") ORDER BY "buyer"."id" [1, 100]
        SELECT "id", "total", "buyer_id" FROM "sale" WHERE "id" = ? [1]
        SELECT "id", "total", "buyer_id" FROM "sale" WHERE "id" = ? [2]
        SELECT "buyer"."id", "buyer"."name" FROM "buyer" WHERE EXISTS (SELECT ? FROM (SELECT "sale"."id", "sale"."total", "sale"."buyer_id" FROM "sale" WHERE "sale"."total" > ?) AS "sale" WHERE "buyer"."id" = "sale"."buyer_id" AND "sale"."id" = ?) ORDER BY "buyer"."id" [1, 100, 1]
        SELECT "buyer"."id", "buyer"."name" FROM "buyer" WHERE EXISTS (SELECT ? FROM (SELECT "sale"."id", "sale"."total", "sale"."buyer_id" FROM "sale" WHERE "sale"."total" > ?) AS "sale" WHERE "buyer"."id" = "sale"."buyer_id" AND "sale"."id" = ?) ORDER BY "buyer"."id" [1, 100, 2]
    "#]].assert_eq(&db.sql());
    let run = |query: Select<Obj<Sale>>| -> Vec<i64> {
        session.scalars(query).unwrap().all().unwrap().iter().map(|sale| sale.id().unwrap()).collect()
    };
    let sales = || select(Sale).order_by(Sale::id);
    let (ann, bob) = (session.get_one::<Buyer>(1).unwrap(), session.get_one::<Buyer>(2).unwrap());
    db.sql();
    assert_eq!(run(sales().filter(with_parent(&ann, LARGE))), [2, 4]);
    assert_eq!(run(sales().filter(PATRON.is_none())), [3]);
    assert_eq!(
        [run(sales().filter(PATRON.is(&ann))), run(sales().filter(PATRON.is(&bob)))],
        [vec![1, 2, 4], vec![]]
    );
    assert_eq!(run(sales().filter(PATRON.has(Buyer::name.eq("ann")))), [1, 2, 4]);
    expect![[r#"
        SELECT "sale"."id", "sale"."total", "sale"."buyer_id" FROM "sale" WHERE EXISTS (SELECT ? FROM (SELECT "sale"."id", "sale"."total", "sale"."buyer_id" FROM "sale" WHERE "sale"."total" > ?) AS "sale_1" WHERE ? = "sale_1"."buyer_id" AND "sale_1"."id" = "sale"."id") ORDER BY "sale"."id" [1, 100, 1]
        SELECT "sale"."id", "sale"."total", "sale"."buyer_id" FROM "sale" WHERE NOT EXISTS (SELECT ? FROM (SELECT "buyer"."id", "buyer"."name" FROM "buyer" WHERE "buyer"."name" = ?) AS "buyer" WHERE "buyer"."id" = "sale"."buyer_id") ORDER BY "sale"."id" [1, 'ann']
        SELECT "sale"."id", "sale"."total", "sale"."buyer_id" FROM "sale" WHERE EXISTS (SELECT ? FROM (SELECT "buyer"."id", "buyer"."name" FROM "buyer" WHERE "buyer"."name" = ?) AS "buyer" WHERE "buyer"."id" = "sale"."buyer_id" AND "buyer"."id" = ?) ORDER BY "sale"."id" [1, 'ann', 1]
        SELECT "sale"."id", "sale"."total", "sale"."buyer_id" FROM "sale" WHERE EXISTS (SELECT ? FROM (SELECT "buyer"."id", "buyer"."name" FROM "buyer" WHERE "buyer"."name" = ?) AS "buyer" WHERE "buyer"."id" = "sale"."buyer_id" AND "buyer"."id" = ?) ORDER BY "sale"."id" [1, 'ann', 2]
        SELECT "sale"."id", "sale"."total", "sale"."buyer_id" FROM "sale" WHERE EXISTS (SELECT ? FROM (SELECT "buyer"."id", "buyer"."name" FROM "buyer" WHERE "buyer"."name" = ?) AS "buyer" WHERE "buyer"."id" = "sale"."buyer_id" AND "buyer"."name" = ?) ORDER BY "sale"."id" [1, 'ann', 'ann']
    "#]].assert_eq(&db.sql());
}

/// The class has a column, with its foreign key, and a relationship by it, of which its struct knows nothing.
#[test]
fn an_added_column_is_written_and_read() {
    const COLOR: Column<Label, Option<String>> = Column::new("label", "rgb", "color", 2);
    let (db, session) = shop();
    let text = |text: &str| Value::Text(text.into());
    let red = session.add(Label::builder().name("red")).unwrap();
    any(&red).set("color", &text("#f00")).unwrap();
    let dark = AnyObj::create(Shop::mapper("Label").unwrap()).unwrap();
    dark.set("name", &text("dark red")).unwrap();
    dark.relate("parent", Some(&any(&red))).unwrap();
    session.add(&dark).unwrap();
    session.commit().unwrap();
    assert_eq!((red.name().unwrap(), any(&red).get("color").unwrap()), ("red".to_owned(), text("#f00")));
    any(&red).set("color", &text("#e00")).unwrap();
    session.flush().unwrap();
    expect![[r#"
        INSERT INTO "label" ("name", "rgb", "parent_id") VALUES (?, ?, ?) ['red', '#f00', NULL]
        INSERT INTO "label" ("name", "rgb", "parent_id") VALUES (?, ?, ?) ['dark red', NULL, 1]
        SELECT "id", "name", "rgb", "parent_id" FROM "label" WHERE "id" = ? [1]
        UPDATE "label" SET "rgb" = ? WHERE "id" = ? ['#e00', 1]
    "#]]
    .assert_eq(&db.sql());
    session.commit().unwrap();
    drop((red, dark));

    let session = db.session();
    let found = session.scalars(select(Label).filter(COLOR.eq("#e00"))).unwrap().all().unwrap();
    let [red] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(red.with(|label| label.name.get().cloned()).unwrap().unwrap(), "red");
    let dark = session.get_one::<Label>(2).unwrap();
    assert_eq!(
        (any(&dark).get("color").unwrap(), any(&dark).get("parent_id").unwrap()),
        (Value::Null, Value::Int(1))
    );
    assert_eq!(any(&dark).related("parent").unwrap(), Related::One(Some(any(red))));
    session.refresh_attributes(&dark, &["color"]).unwrap();
    session.expire_attributes(red, &["color"]).unwrap();
    assert_eq!((any(red).is_expired("color").unwrap(), any(red).get("color").unwrap()), (true, text("#e00")));
    expect![[r#"
        SELECT "label"."id", "label"."name", "label"."rgb", "label"."parent_id" FROM "label" WHERE "label"."rgb" = ? ['#e00']
        SELECT "id", "name", "rgb", "parent_id" FROM "label" WHERE "id" = ? [2]
        SELECT "id", "name", "rgb", "parent_id" FROM "label" WHERE "id" = ? [2]
        SELECT "id", "name", "rgb", "parent_id" FROM "label" WHERE "id" = ? [1]
    "#]].assert_eq(&db.sql());
    db.run("UPDATE label SET rgb = x'00' WHERE id = 2");
    let error = db.session().get_one::<Label>(2).unwrap_err();
    expect!["[value] `Label.color`: the column `label.rgb` can't be read: expected text, found bytes"]
        .assert_eq(&error.to_string());
}

/// An association may be a query too; then nothing can be written to it.
#[test]
fn links_may_be_the_rows_of_a_query() {
    let (db, session) = shop();
    db.run("INSERT INTO label (id, name) VALUES (1, 'red'), (2, 'blue'), (3, 'none')");
    db.run("INSERT INTO sale_label (sale_id, label_id) VALUES (1, 2), (2, 2), (2, 1), (3, 2)");
    let ann = session.get_one::<Buyer>(1).unwrap();
    db.sql();
    assert_eq!(ids(&any(&ann), "labels"), [1, 2]);
    let red = session.get_one::<Label>(1).unwrap();
    let find =
        |query: Select<Obj<Buyer>>| session.scalars(query.order_by(Buyer::id)).unwrap().all().unwrap().len();
    assert_eq!(find(select(Buyer).join(BUYER_LABELS_OF).filter(Label::name.eq("blue"))), 2);
    assert_eq!(find(select(Buyer).filter(BUYER_LABELS_OF.contains(&red))), 1);
    let labels =
        session.scalars(select(Label).filter(with_parent(&ann, BUYER_LABELS_OF)).order_by(Label::id));
    assert_eq!(labels.unwrap().all().unwrap().len(), 2);
    expect![[r#"
        SELECT "label"."id", "label"."name", "label"."rgb", "label"."parent_id" FROM "label", (SELECT DISTINCT "sale"."buyer_id", "sale_label"."label_id" FROM "sale" JOIN "sale_label" ON "sale"."id" = "sale_label"."sale_id") AS "buyer_label" WHERE ? = "buyer_label"."buyer_id" AND "label"."id" = "buyer_label"."label_id" ORDER BY "label"."id" [1]
        SELECT "buyer"."id", "buyer"."name" FROM "buyer" JOIN ((SELECT DISTINCT "sale"."buyer_id", "sale_label"."label_id" FROM "sale" JOIN "sale_label" ON "sale"."id" = "sale_label"."sale_id") AS "buyer_label" JOIN "label" ON "label"."id" = "buyer_label"."label_id") ON "buyer"."id" = "buyer_label"."buyer_id" WHERE "label"."name" = ? ORDER BY "buyer"."id" ['blue']
        SELECT "buyer"."id", "buyer"."name" FROM "buyer" WHERE EXISTS (SELECT ? FROM "label", (SELECT DISTINCT "sale"."buyer_id", "sale_label"."label_id" FROM "sale" JOIN "sale_label" ON "sale"."id" = "sale_label"."sale_id") AS "buyer_label" WHERE "buyer"."id" = "buyer_label"."buyer_id" AND "label"."id" = "buyer_label"."label_id" AND "label"."id" = ?) ORDER BY "buyer"."id" [1, 1]
        SELECT "label"."id", "label"."name", "label"."rgb", "label"."parent_id" FROM "label" WHERE EXISTS (SELECT ? FROM (SELECT DISTINCT "sale"."buyer_id", "sale_label"."label_id" FROM "sale" JOIN "sale_label" ON "sale"."id" = "sale_label"."sale_id") AS "buyer_label" WHERE ? = "buyer_label"."buyer_id" AND "label"."id" = "buyer_label"."label_id") ORDER BY "label"."id" [1, 1]
    "#]].assert_eq(&db.sql());

    let none = session.get_one::<Label>(3).unwrap();
    any(&ann).collection("labels").unwrap().append(any(&none)).unwrap();
    let error = session.flush().unwrap_err();
    assert_eq!(error.code(), Code::Flush);
    expect!["[flush] `Buyer.labels`: the links in `buyer_label` come from a query; help: change them by a relationship whose `secondary` is a table"].assert_eq(&error.to_string());
    session.rollback().unwrap();
    assert_eq!(ids(&any(&ann), "labels"), [1, 2]);
}

/// Mistakes in what is added.
mod wrong {
    use super::*;

    orm::registry!(pub Wrong);

    #[derive(Mapped)]
    #[mapped(registry = Wrong)]
    pub struct Boat {
        #[column(primary_key)]
        pub id: i64,
        #[relationship(target = "Crew", back_populates = "bot")]
        pub crew: Many<AnyClass>,
    }

    #[derive(Mapped)]
    #[mapped(registry = Wrong)]
    pub struct Crew {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = Boat::id)]
        pub boat_id: i64,
    }

    const fn to_boat(name: &'static str) -> RelationDecl {
        RelationDecl::new(name, Kind::One, TargetDecl::class::<Boat>())
    }

    static BOAT: RelationDecl = to_boat("boat");
    static COLUMN: RelationDecl = to_boat("boat_id");
    static DECLARED: RelationDecl = RelationDecl::new("crew", Kind::List, TargetDecl::class::<Crew>());
    static REVERSE: RelationDecl = RelationDecl { back_populates: Some("crew"), ..to_boat("reverse") };
    static NO_TARGET: RelationDecl = RelationDecl::new("no_target", Kind::One, TargetDecl::Named("Bat"));

    static SAILS: ColumnDecl = ColumnDecl::of::<Option<i64>>("sails", "boat_id");
    static RELATED: ColumnDecl = ColumnDecl::of::<Option<i64>>("crew", "crew");
    static TO_NOTHING: [ForeignKeyDecl; 1] = [ForeignKeyDecl {
        columns: &["port_id"],
        table: "port",
        references: &["id"],
        ..ForeignKeyDecl::PLAIN
    }];
    static PORT: ColumnDecl = ColumnDecl::of::<Option<i64>>("port_id", "port_id");

    inventory::submit! { ColumnRegistration::new(TargetDecl::Named("Crew"), &SAILS, &[], &NUMBER, Wrong::CELL) }
    inventory::submit! { ColumnRegistration::new(TargetDecl::Named("Crew"), &PORT, &TO_NOTHING, &NUMBER, Wrong::CELL) }
    inventory::submit! { ColumnRegistration::new(TargetDecl::Named("Boat"), &RELATED, &[], &NUMBER, Wrong::CELL) }
    inventory::submit! { ColumnRegistration::new(TargetDecl::Named("Raft"), &RELATED, &[], &NUMBER, Wrong::CELL) }
    inventory::submit! { RelationRegistration::new(TargetDecl::Named("Crew"), &BOAT, Wrong::CELL) }
    inventory::submit! { RelationRegistration::new(TargetDecl::Named("Crew"), &BOAT, Wrong::CELL) }
    inventory::submit! { RelationRegistration::new(TargetDecl::Named("Crew"), &COLUMN, Wrong::CELL) }
    inventory::submit! { RelationRegistration::new(TargetDecl::Named("Crew"), &REVERSE, Wrong::CELL) }
    inventory::submit! { RelationRegistration::new(TargetDecl::Named("Crew"), &NO_TARGET, Wrong::CELL) }
    inventory::submit! { RelationRegistration::new(TargetDecl::class::<Boat>(), &DECLARED, Wrong::CELL) }
    inventory::submit! { RelationRegistration::new(TargetDecl::Named("Crw"), &BOAT, Wrong::CELL) }
    inventory::submit! { RelationRegistration::new(TargetDecl::class::<Sale>(), &BOAT, Wrong::CELL) }
}

#[test]
fn mistakes_in_what_is_added_are_told_when_it_is_configured() {
    let error = wrong::Wrong::configure().unwrap_err();
    assert_eq!(error.code(), Code::Configuration);
    let lines: Vec<String> = error.causes().iter().map(|cause| format!("{cause}\n")).collect();
    expect![[r#"
        [bad-option] `Boat.crew`: the class has an attribute of that name already; help: give what is added another name
        [unknown-name] `Raft.crew`: no mapped class is called `Raft`; help: derive `Mapped` for it, in the same registry
        [bad-table] `Crew.sails`: the table `crew` has a column `boat_id` already; help: give the column that is added another name
        [bad-option] `Crew.boat`: the class has an attribute of that name already; help: give what is added another name
        [unknown-name] `Crw.boat`: no mapped class is called `Crw`; help: did you mean `Crew`?
        [unknown-name] `Sale.boat`: `Sale` isn't in the same registry; help: give both classes the same `#[mapped(registry = ...)]`
        [bad-option] `Crew.boat_id`: the class has an attribute of that name already; help: give what is added another name
        [bad-option] `Boat.crew`: the class has an attribute of that name already; help: give what is added another name
        [unknown-name] `Crew.port_id`: no table is called `port`; help: did you mean `boat`?
        [unknown-name] `Crew.no_target`: no mapped class is called `Bat`; help: did you mean `Boat`?
        [reverse-side] `Boat.crew`: `back_populates` names `Crew.bot`, which isn't there; help: did you mean `boat`?
        [reverse-side] `Crew.reverse`: its reverse side `Boat.crew` names `bot` as its own; help: let it say `back_populates = "reverse"`
    "#]].assert_eq(&lines.concat());
}

/// A query is asked for its rows once the classes are configured.
mod wrong_rows {
    use super::*;

    orm::registry!(pub WrongRows);

    #[derive(Mapped)]
    #[mapped(registry = WrongRows)]
    pub struct Float {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = Float::id)]
        pub next_id: Option<i64>,
    }

    static NO_COLUMN: RelationDecl = RelationDecl {
        rows: Some(|| Box::new(|_: &[&'static str]| Ok(SelectStmt::new()))),
        remote_side: &[ColumnName::new("float", "id")],
        ..RelationDecl::new("no_column", Kind::OptionalOne, TargetDecl::class::<Float>())
    };

    inventory::submit! { RelationRegistration::new(TargetDecl::Named("Float"), &NO_COLUMN, WrongRows::CELL) }
}

#[test]
fn a_query_that_lacks_a_column_is_told_when_it_is_configured() {
    let error = wrong_rows::WrongRows::configure().unwrap_err();
    let lines: Vec<String> = error.causes().iter().map(ToString::to_string).collect();
    let lacks = "[bad-option] `Float.no_column`: the query has no item `id` for `float`; \
                 help: select each column of `float` by its name";
    assert_eq!((error.code(), lines.as_slice()), (Code::Configuration, &[lacks.to_owned()][..]));
}
