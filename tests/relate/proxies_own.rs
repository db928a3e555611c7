//! Proxies through collection types of one's own: they are those of the collection that the type is a view of.

use expect_test::expect;
use orm::prelude::*;
use orm::{Code, Collection, CollectionType, ManyAs, MapCollection, aliased};
use tests::{Db, code};

orm::registry!(
    /// These classes.
    OwnProxies
);

#[derive(Mapped)]
#[mapped(
    registry = OwnProxies,
    table = "shop",
    proxy(products: String = lines.product),
    proxy(buyers: Option<One<Buyer>> = lines.buyer, creator = |buyer: Option<Obj<Buyer>>| Line::builder().product("gift").buyer(&buyer)),
    proxy(shown: String = lines.product, viewonly),
    proxy(marks: String = labels.mark),
    proxy(prices: i64 = prices_by_day.price),
    proxy(dear: i64 = prices_by_day.price, creator = |day, price: i64| Price::builder().day(day).price(price * 10)),
    proxy(towns: orm::ProxyCollection<Buyer, String> = lines.buyer_towns, viewonly)
)]
struct Shop {
    #[column(primary_key)]
    id: i64,
    #[relationship(back_populates = "shop", cascade = "all, delete-orphan", order_by = Line::id)]
    lines: ManyAs<Lines>,
    #[relationship(cascade = "all, delete-orphan", order_by = Label::id)]
    labels: ManyAs<Labels>,
    #[relationship(key = Price::day, cascade = "all, delete-orphan", order_by = Price::id)]
    prices_by_day: ManyAs<Prices>,
}

#[derive(Mapped)]
#[mapped(registry = OwnProxies, table = "shop_line", proxy(buyer_towns: String = towns_of.town))]
struct Line {
    #[column(primary_key)]
    id: i64,
    product: String,
    #[column(foreign_key = Shop::id)]
    shop_id: i64,
    #[column(foreign_key = Buyer::id)]
    buyer_id: Option<i64>,
    #[relationship(back_populates = "lines")]
    shop: One<Shop>,
    #[relationship(foreign_keys = Line::buyer_id)]
    buyer: Option<One<Buyer>>,
    #[relationship(foreign_keys = Buyer::line_id, order_by = Buyer::id)]
    towns_of: ManyAs<Buyers>,
}

#[derive(Mapped)]
#[mapped(registry = OwnProxies, table = "shop_label")]
struct Label {
    #[column(primary_key)]
    id: i64,
    mark: String,
    #[column(foreign_key = Shop::id)]
    shop_id: i64,
}

#[derive(Mapped)]
#[mapped(registry = OwnProxies, table = "shop_price")]
struct Price {
    #[column(primary_key)]
    id: i64,
    day: String,
    price: i64,
    #[column(foreign_key = Shop::id)]
    shop_id: i64,
}

#[derive(Mapped)]
#[mapped(registry = OwnProxies, table = "shop_buyer")]
struct Buyer {
    #[column(primary_key)]
    id: i64,
    town: String,
    #[column(foreign_key = Line::id)]
    line_id: Option<i64>,
}

macro_rules! view {
    ($($view:ident: $field:ty, $read:ty;)*) => {$(
        struct $view($read);

        impl CollectionType for $view {
            type Field = $field;

            fn of(items: $read) -> Self {
                $view(items)
            }
        }
    )*};
}

view! {
    Lines: Many<Line>, Collection<Line>;
    Labels: ManySet<Label>, Collection<Label>;
    Prices: ManyMap<String, Price>, MapCollection<String, Price>;
    Buyers: Many<Buyer>, Collection<Buyer>;
}

impl Lines {
    /// Each product once.
    fn put(&self, product: &str) -> orm::Result<()> {
        match self.0.iter()?.any(|line| line.product().is_ok_and(|other| other == product)) {
            true => Ok(()),
            false => self.0.append(Line::builder().product(product)).map(|_| ()),
        }
    }
}

fn shops() -> (Db, Session) {
    let db = Db::empty();
    OwnProxies::create_all(&db.engine).unwrap();
    let session = db.session();
    db.sql();
    (db, session)
}

fn all(values: orm::Result<std::vec::IntoIter<String>>) -> Vec<String> {
    values.unwrap().collect()
}

#[test]
fn a_list_is_read_and_written() {
    let (db, session) = shops();
    let shop = session.add(Shop::builder().products(["tea", "salt"])).unwrap();
    shop.lines().put("salt").unwrap();
    shop.lines().put("rice").unwrap();
    let line = shop.products().append("oil").unwrap();
    assert_eq!(line.shop().unwrap(), shop, "the reverse side follows");
    assert!(shop.products().contains("rice").unwrap());
    shop.products().remove("tea").unwrap();
    assert_eq!(all(shop.products().iter()), ["salt", "rice", "oil"]);
    assert_eq!(code(shop.products().remove("tea")), Code::NotInCollection);
    session.commit().unwrap();
    db.sql();
    assert_eq!(all(shop.shown().iter()), ["salt", "rice", "oil"]);
    let salt = shop.lines().0.get(0).unwrap().unwrap();
    shop.set_products(["oil", "salt", "bread"]).unwrap();
    assert_eq!(shop.lines().0.get(1).unwrap(), Some(salt), "what leads to a value that stays stays");
    shop.products().set(2, "bun").unwrap();
    session.flush().unwrap();
    expect![[r#"
        SELECT "id" FROM "shop" WHERE "id" = ? [1]
        SELECT "shop_line"."id", "shop_line"."product", "shop_line"."shop_id", "shop_line"."buyer_id" FROM "shop_line" WHERE ? = "shop_line"."shop_id" ORDER BY "shop_line"."id" [1]
        SELECT "shop_buyer"."id", "shop_buyer"."town", "shop_buyer"."line_id" FROM "shop_buyer" WHERE ? = "shop_buyer"."line_id" ORDER BY "shop_buyer"."id" [2]
        INSERT INTO "shop_line" ("product", "shop_id", "buyer_id") VALUES (?, ?, ?) ['bun', 1, NULL]
        DELETE FROM "shop_line" WHERE "id" = ? [2]
    "#]].assert_eq(&db.sql());
    session.rollback().unwrap();
    assert_eq!(all(shop.products().iter()), ["salt", "rice", "oil"]);
    let savepoint = session.begin_nested().unwrap();
    shop.products().clear().unwrap();
    session.flush().unwrap();
    savepoint.rollback().unwrap();
    assert_eq!(shop.products().len().unwrap(), 3);
}

#[test]
fn a_set_and_what_stands_under_keys() {
    let (db, session) = shops();
    let shop =
        session.add(Shop::builder().marks(["new", "new", "red"]).prices([("mon", 1), ("tue", 2)])).unwrap();
    assert_eq!(shop.marks().len().unwrap(), 2, "a set has a value once");
    assert_eq!((shop.labels().0.len().unwrap(), shop.prices_by_day().0.len().unwrap()), (2, 2));
    shop.prices().insert("tue", 3).unwrap();
    shop.dear().insert("wed", 4).unwrap();
    session.commit().unwrap();
    assert_eq!(shop.prices().get("tue").unwrap(), Some(3));
    assert_eq!(shop.dear().get("wed").unwrap(), Some(40));
    db.sql();
    shop.prices().remove("mon").unwrap();
    shop.prices().insert("wed", 5).unwrap();
    session.flush().unwrap();
    expect![[r#"
        UPDATE "shop_price" SET "price" = ? WHERE "id" = ? [5, 3]
        DELETE FROM "shop_price" WHERE "id" = ? [1]
    "#]]
    .assert_eq(&db.sql());
}

#[test]
fn objects_at_the_end_and_proxies_of_proxies() {
    let (_db, session) = shops();
    let shop = session.add(Shop::builder()).unwrap();
    let ann = session.add(Buyer::builder().town("Rome")).unwrap();
    shop.buyers().append(&ann).unwrap();
    assert_eq!(all(shop.products().iter()), ["gift"]);
    let line = shop.lines().0.get(0).unwrap().unwrap();
    line.buyer_towns().append("Pisa").unwrap();
    assert_eq!(line.towns_of().0.len().unwrap(), 1);
    session.commit().unwrap();
    let towns: Vec<Vec<String>> = shop.towns().iter().unwrap().map(|towns| all(towns.iter())).collect();
    assert_eq!(towns, [["Pisa"]]);
    assert!(shop.buyers().contains(&ann).unwrap());
}

#[test]
fn queries_ask_them() {
    let (db, session) = shops();
    let shop = session.add(Shop::builder().products(["tea", "salt"]).prices([("mon", 1)])).unwrap();
    session.add(Shop::builder().products(["rice"]).marks(["new"])).unwrap();
    let ann = session.add(Buyer::builder().town("Rome")).unwrap();
    shop.buyers().append(&ann).unwrap();
    session.commit().unwrap();
    let found = |condition: orm::Expr<bool>| {
        let ids = session.scalars(select(Shop::id).filter(condition).order_by(Shop::id)).unwrap();
        ids.all().unwrap()
    };
    db.sql();
    assert_eq!(found(Shop::products.eq("tea")), [1]);
    assert_eq!(found(Shop::products.contains("a")), [1]);
    assert_eq!(found(Shop::products.any(Line::id.gt(3))), [1]);
    assert_eq!(found(Shop::buyers.any(Buyer::town.eq("Rome"))), [1]);
    assert_eq!(found(Shop::buyers.contains(&ann)), [1]);
    assert_eq!(found(Shop::marks.is_empty()), [1]);
    assert_eq!(found(Shop::prices.in_([1, 2])), [1]);
    let other = aliased(Shop);
    let query = select(other.of(Shop::id)).filter(other.of(Shop::products).eq("rice"));
    assert_eq!(session.scalars(query).unwrap().all().unwrap(), [2]);
    expect![[r#"
        SELECT "shop"."id" FROM "shop" WHERE EXISTS (SELECT ? FROM "shop_line" WHERE "shop"."id" = "shop_line"."shop_id" AND "shop_line"."product" = ?) ORDER BY "shop"."id" [1, 'tea']
        SELECT "shop"."id" FROM "shop" WHERE EXISTS (SELECT ? FROM "shop_line" WHERE "shop"."id" = "shop_line"."shop_id" AND instr(lower("shop_line"."product"), lower(?)) > ?) ORDER BY "shop"."id" [1, 'a', 0]
        SELECT "shop"."id" FROM "shop" WHERE EXISTS (SELECT ? FROM "shop_line" WHERE "shop"."id" = "shop_line"."shop_id" AND "shop_line"."id" > ?) ORDER BY "shop"."id" [1, 3]
        SELECT "shop"."id" FROM "shop" WHERE EXISTS (SELECT ? FROM "shop_line" WHERE "shop"."id" = "shop_line"."shop_id" AND EXISTS (SELECT ? FROM "shop_buyer" WHERE "shop_buyer"."id" = "shop_line"."buyer_id" AND "shop_buyer"."town" = ?)) ORDER BY "shop"."id" [1, 1, 'Rome']
        SELECT "id", "town", "line_id" FROM "shop_buyer" WHERE "id" = ? [1]
        SELECT "shop"."id" FROM "shop" WHERE EXISTS (SELECT ? FROM "shop_line" WHERE "shop"."id" = "shop_line"."shop_id" AND ? = "shop_line"."buyer_id") ORDER BY "shop"."id" [1, 1]
        SELECT "shop"."id" FROM "shop" WHERE NOT EXISTS (SELECT ? FROM "shop_label" WHERE "shop"."id" = "shop_label"."shop_id") ORDER BY "shop"."id" [1]
        SELECT "shop"."id" FROM "shop" WHERE EXISTS (SELECT ? FROM "shop_price" WHERE "shop"."id" = "shop_price"."shop_id" AND "shop_price"."price" IN (?, ?)) ORDER BY "shop"."id" [1, 1, 2]
        SELECT "shop"."id" FROM "shop" WHERE EXISTS (SELECT ? FROM "shop_line" WHERE "shop"."id" = "shop_line"."shop_id" AND "shop_line"."product" = ?) [1, 'rice']
    "#]].assert_eq(&db.sql());
}
