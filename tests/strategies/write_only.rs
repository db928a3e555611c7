//! `WriteOnly`: collections that are never loaded; which statements run.

use expect_test::expect;
use orm::prelude::*;
use orm::{Code, ObjectState, Related};
use tests::Db;

orm::registry!(
    /// These classes.
    pub Bank
);

/// Its transfers go with it, its cards lose it.
#[derive(Mapped)]
#[mapped(registry = Bank)]
pub struct Account {
    #[column(primary_key)]
    pub id: i64,
    #[relationship(
        back_populates = "account",
        cascade = "all, delete-orphan",
        passive_deletes,
        order_by = Transfer::amount.desc()
    )]
    pub transfers: WriteOnly<Transfer>,
    #[relationship(passive_deletes)]
    pub cards: WriteOnly<Card>,
    #[relationship(secondary = AccountTag, back_populates = "accounts", passive_deletes)]
    pub tags: WriteOnly<Tag>,
}

#[derive(Mapped)]
#[mapped(registry = Bank)]
pub struct Transfer {
    #[column(primary_key)]
    pub id: i64,
    pub amount: i64,
    #[column(foreign_key = Account::id, on_delete = "cascade")]
    pub account_id: Option<i64>,
    #[relationship(back_populates = "transfers")]
    pub account: Option<One<Account>>,
}

#[derive(Mapped)]
#[mapped(registry = Bank)]
pub struct Card {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Account::id, on_delete = "set null")]
    pub account_id: Option<i64>,
}

#[derive(Mapped)]
#[mapped(registry = Bank)]
pub struct Tag {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[relationship(secondary = AccountTag, back_populates = "tags", passive_deletes)]
    pub accounts: WriteOnly<Account>,
    #[relationship]
    pub notes: WriteOnly<Note>,
}

#[derive(Table)]
#[mapped(table = "account_tag", registry = Bank)]
pub struct AccountTag {
    #[column(primary_key, foreign_key = Account::id, on_delete = "cascade")]
    pub account_id: i64,
    #[column(primary_key, foreign_key = Tag::id, on_delete = "cascade")]
    pub tag_id: i64,
}

#[derive(Mapped)]
#[mapped(registry = Bank)]
pub struct Note {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Tag::id)]
    pub tag_id: Option<i64>,
}

/// A tree over a key of two columns.
#[derive(Mapped)]
#[mapped(registry = Bank, foreign_key(columns(area, up), references(Zone::area, Zone::number), on_delete = "cascade"))]
pub struct Zone {
    #[column(primary_key)]
    pub area: i64,
    #[column(primary_key)]
    pub number: i64,
    pub up: Option<i64>,
    #[relationship(cascade = "all, delete", passive_deletes, order_by = Zone::number)]
    pub parts: WriteOnly<Zone>,
}

/// Its clerks know it by a code that it need not have.
#[derive(Mapped)]
#[mapped(registry = Bank)]
pub struct Branch {
    #[column(primary_key)]
    pub id: i64,
    #[column(unique)]
    pub code: Option<String>,
    #[relationship]
    pub clerks: WriteOnly<Clerk>,
    #[relationship]
    pub rooms: Dynamic<Room>,
}

#[derive(Mapped)]
#[mapped(registry = Bank)]
pub struct Clerk {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Branch::code)]
    pub branch: Option<String>,
}

#[derive(Mapped)]
#[mapped(registry = Bank)]
pub struct Room {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Branch::id)]
    pub branch_id: i64,
}

fn empty() -> Db {
    let db = Db::empty();
    Bank::create_all(&db.engine).unwrap();
    db.sql();
    db
}

/// An account with three transfers, a card and two tags, and another account with one transfer.
fn filled() -> Db {
    let db = empty();
    db.run(
        "INSERT INTO account VALUES (1), (2);
         INSERT INTO transfer VALUES (1, 10, 1), (2, 20, 1), (3, 30, 1), (4, 40, 2);
         INSERT INTO card VALUES (1, 1); INSERT INTO tag VALUES (1, 'a'), (2, 'b'), (3, 'c');
         INSERT INTO account_tag VALUES (1, 1), (1, 2);",
    );
    db.sql();
    db
}

fn account(session: &Session) -> Obj<Account> {
    session.get_one::<Account>(1).unwrap()
}

fn ids(transfers: &[Obj<Transfer>]) -> Vec<i64> {
    transfers.iter().map(|one| one.id().unwrap()).collect()
}

#[test]
fn a_graph_of_new_objects() {
    let db = empty();
    let session = db.session();
    let account = session
        .add(
            Account::builder()
                .transfers([Transfer::builder().amount(1), Transfer::builder().amount(2)])
                .tags([Tag::builder().name("a")]),
        )
        .unwrap();
    account.transfers().add(Transfer::builder().amount(3)).unwrap();
    account.transfers().add_all([Transfer::builder().amount(4), Transfer::builder().amount(5)]).unwrap();
    session.flush().unwrap();
    expect![[r#"
        INSERT INTO "account" DEFAULT VALUES
        INSERT INTO "tag" ("name") VALUES (?) ['a']
        INSERT INTO "account_tag" ("account_id", "tag_id") VALUES (?, ?) [1, 1]
        INSERT INTO "transfer" ("amount", "account_id") VALUES (?, ?) [1, 1]
        INSERT INTO "transfer" ("amount", "account_id") VALUES (?, ?) [2, 1]
        INSERT INTO "transfer" ("amount", "account_id") VALUES (?, ?) [3, 1]
        INSERT INTO "transfer" ("amount", "account_id") VALUES (?, ?) [4, 1]
        INSERT INTO "transfer" ("amount", "account_id") VALUES (?, ?) [5, 1]
    "#]]
    .assert_eq(&db.sql());
    // Nothing of it is held any more.
    assert_eq!(Obj::any(&account).peek_related("transfers").unwrap(), Related::NotLoaded);
    session.flush().unwrap();
    assert_eq!(db.sql(), "");
}

#[test]
fn what_is_added_and_taken_out_reads_nothing() {
    let db = filled();
    let session = db.session();
    let account = account(&session);
    let (second, tag) = (session.get_one::<Transfer>(2).unwrap(), session.get_one::<Tag>(1).unwrap());
    db.sql();
    let new = account.transfers().add(Transfer::builder().amount(5)).unwrap();
    assert_eq!(new.account().unwrap().as_ref(), Some(&account));
    account.transfers().remove(&second).unwrap();
    account.tags().remove(&tag).unwrap();
    account.tags().add(Tag::builder().name("d")).unwrap();
    account.cards().add(Card::builder()).unwrap();
    session.flush().unwrap();
    expect![[r#"
        INSERT INTO "tag" ("name") VALUES (?) ['d']
        DELETE FROM "account_tag" WHERE "account_id" = ? AND "tag_id" = ? [1, 1]
        INSERT INTO "account_tag" ("account_id", "tag_id") VALUES (?, ?) [1, 4]
        INSERT INTO "card" ("account_id") VALUES (?) [1]
        INSERT INTO "transfer" ("amount", "account_id") VALUES (?, ?) [5, 1]
        DELETE FROM "transfer" WHERE "id" = ? [2]
    "#]]
    .assert_eq(&db.sql());
    assert_eq!(Obj::state(&second), ObjectState::Deleted);
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT id FROM transfer WHERE account_id = 1"), "1\n3\n5\n");
}

#[test]
fn its_items_are_selected() {
    let db = filled();
    let session = db.session();
    let account = account(&session);
    db.sql();
    let all = session.scalars(account.transfers().select()).unwrap().all().unwrap();
    assert_eq!(ids(&all), [3, 2, 1]);
    let query = account.transfers().select().filter(Transfer::amount.gt(10)).order_by_none();
    let some = session.scalars(query.order_by(Transfer::id).limit(1)).unwrap().all().unwrap();
    assert_eq!(ids(&some), [2]);
    let tags = session.scalars(account.tags().select().order_by(Tag::id)).unwrap().all().unwrap();
    assert_eq!(tags.len(), 2);
    assert_eq!(session.scalars(tags[0].accounts().select()).unwrap().one().unwrap(), account);
    assert_eq!(session.scalars(account.transfers().select()).unwrap().count().unwrap(), 3);
    expect![[r#"
        SELECT "transfer"."id", "transfer"."amount", "transfer"."account_id" FROM "transfer" WHERE ? = "transfer"."account_id" ORDER BY "transfer"."amount" DESC [1]
        SELECT "transfer"."id", "transfer"."amount", "transfer"."account_id" FROM "transfer" WHERE ? = "transfer"."account_id" AND "transfer"."amount" > ? ORDER BY "transfer"."id" LIMIT ? [1, 10, 1]
        SELECT "tag"."id", "tag"."name" FROM "tag", "account_tag" WHERE ? = "account_tag"."account_id" AND "tag"."id" = "account_tag"."tag_id" ORDER BY "tag"."id" [1]
        SELECT "account"."id" FROM "account", "account_tag" WHERE ? = "account_tag"."tag_id" AND "account"."id" = "account_tag"."account_id" [1]
        SELECT count(*) FROM (SELECT "transfer"."id", "transfer"."amount", "transfer"."account_id" FROM "transfer" WHERE ? = "transfer"."account_id" ORDER BY "transfer"."amount" DESC) AS "rows" [1]
    "#]].assert_eq(&db.sql());
    // Of a pending object the query flushes first.
    let new = session.add(Account::builder().transfers([Transfer::builder().amount(7)])).unwrap();
    assert_eq!(session.scalars(new.transfers().select()).unwrap().count().unwrap(), 1);
    // One that is in no session has no key.
    let query = Account::builder().into_obj().unwrap().transfers().select();
    assert_eq!(session.scalars(query).unwrap().all().unwrap_err().code(), Code::Unset);
}

#[test]
fn its_rows_are_changed_by_one_statement() {
    let db = filled();
    let session = db.session();
    let account = account(&session);
    let transfer = session.get_one::<Transfer>(1).unwrap();
    db.sql();
    let changed = account.transfers().update().set(Transfer::amount, Transfer::amount + 1);
    assert_eq!(session.run(changed).unwrap(), 3);
    assert_eq!(transfer.amount().unwrap(), 11);
    assert_eq!(session.run(account.transfers().delete().filter(Transfer::amount.gt(30))).unwrap(), 1);
    assert_eq!(session.run(account.tags().update().set(Tag::name, "x")).unwrap(), 2);
    assert_eq!(session.run(account.tags().delete().filter(Tag::id.eq(2))).unwrap(), 1);
    expect![[r#"
        UPDATE "transfer" SET "amount" = "transfer"."amount" + ? WHERE ? = "transfer"."account_id" RETURNING "transfer"."id", "transfer"."amount" [1, 1]
        DELETE FROM "transfer" WHERE ? = "transfer"."account_id" AND "transfer"."amount" > ? RETURNING "transfer"."id" [1, 30]
        UPDATE "tag" SET "name" = ? WHERE EXISTS (SELECT ? FROM "account_tag" WHERE ? = "account_tag"."account_id" AND "tag"."id" = "account_tag"."tag_id") ['x', 1, 1]
        DELETE FROM "tag" WHERE EXISTS (SELECT ? FROM "account_tag" WHERE ? = "account_tag"."account_id" AND "tag"."id" = "account_tag"."tag_id") AND "tag"."id" = ? [1, 1, 2]
    "#]].assert_eq(&db.sql());
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT id FROM transfer"), "1\n2\n4\n");
    assert_eq!(db.rows("SELECT id, name FROM tag"), "1|'x'\n3|'c'\n");
    // What is pending is flushed first.
    let new = session.add(Account::builder().transfers([Transfer::builder().amount(7)])).unwrap();
    assert_eq!(session.run(new.transfers().delete()).unwrap(), 1);
}

#[test]
fn both_sides_are_in_step() {
    let db = filled();
    let session = db.session();
    let account = account(&session);
    let (first, other) = (session.get_one::<Transfer>(1).unwrap(), session.get_one::<Account>(2).unwrap());
    db.sql();
    // From the side of the item.
    first.set_account(&other).unwrap();
    let new = Transfer::builder().amount(8).account(&account).into_obj().unwrap();
    assert_eq!(Obj::state(&new), ObjectState::Transient);
    session.add(&new).unwrap();
    session.flush().unwrap();
    // From the side of the collection.
    other.transfers().remove(&first).unwrap();
    assert_eq!(first.account().unwrap(), None);
    account.transfers().add(&first).unwrap();
    assert_eq!(first.account().unwrap().as_ref(), Some(&account));
    session.commit().unwrap();
    expect![[r#"
        UPDATE "transfer" SET "account_id" = ? WHERE "id" = ? [2, 1]
        INSERT INTO "transfer" ("amount", "account_id") VALUES (?, ?) [8, 1]
        UPDATE "transfer" SET "account_id" = ? WHERE "id" = ? [1, 1]
    "#]]
    .assert_eq(&db.sql());
    // What was taken out and added again is where it was.
    account.transfers().remove(&first).unwrap();
    account.transfers().add(&first).unwrap();
    db.sql();
    session.commit().unwrap();
    expect![[r#"
        SELECT "id" FROM "account" WHERE "id" = ? [1]
        SELECT "id", "amount", "account_id" FROM "transfer" WHERE "id" = ? [1]
        UPDATE "transfer" SET "account_id" = ? WHERE "id" = ? [1, 1]
    "#]]
    .assert_eq(&db.sql());
}

#[test]
fn a_link_is_written_once_whichever_side_it_comes_from() {
    let db = filled();
    let session = db.session();
    let (account, tag) = (account(&session), session.get_one::<Tag>(3).unwrap());
    db.sql();
    account.tags().add(&tag).unwrap();
    session.flush().unwrap();
    tag.accounts().remove(&account).unwrap();
    session.flush().unwrap();
    expect![[r#"
        INSERT INTO "account_tag" ("account_id", "tag_id") VALUES (?, ?) [1, 3]
        DELETE FROM "account_tag" WHERE "account_id" = ? AND "tag_id" = ? [1, 3]
    "#]]
    .assert_eq(&db.sql());
    // A link that isn't there can't be deleted.
    account.tags().remove(&tag).unwrap();
    assert_eq!(session.flush().unwrap_err().code(), Code::StaleData);
}

#[test]
fn what_belongs_to_another_is_not_taken_out() {
    let db = filled();
    let session = db.session();
    let (account, other) = (account(&session), session.get_one::<Transfer>(4).unwrap());
    let error = account.transfers().remove(&other).unwrap_err();
    assert_eq!(error.code(), Code::NotInCollection);
    assert_eq!(Obj::any(&account).history("transfers").unwrap().deleted, []);
    // What was added and isn't written yet can be taken out.
    let new = account.transfers().add(Transfer::builder().amount(1)).unwrap();
    account.transfers().add(&other).unwrap();
    account.transfers().remove(&new).unwrap();
    account.transfers().remove(&other).unwrap();
    assert_eq!(Obj::state(&new), ObjectState::Transient);
    db.sql();
    session.flush().unwrap();
    expect![[r#"
        DELETE FROM "transfer" WHERE "id" = ? [4]
    "#]]
    .assert_eq(&db.sql());
}

#[test]
fn a_deleted_object_leaves_its_items_to_the_database() {
    let db = filled();
    let session = db.session();
    let account = account(&session);
    let waiting = account.transfers().add(Transfer::builder().amount(1)).unwrap();
    session.flush().unwrap();
    db.sql();
    session.delete(&account).unwrap();
    session.commit().unwrap();
    expect![[r#"
        DELETE FROM "account" WHERE "id" = ? [1]
    "#]]
    .assert_eq(&db.sql());
    assert_eq!(db.rows("SELECT id FROM transfer"), "4\n");
    assert_eq!(db.rows("SELECT count(*) FROM account_tag").trim(), "0");
    assert_eq!(waiting.amount().unwrap_err().code(), Code::ObjectDeleted);
}

#[test]
fn without_passive_deletes_an_object_is_not_deleted() {
    let db = filled();
    let session = db.session();
    let tag = session.get_one::<Tag>(1).unwrap();
    let error = session.delete(&tag).unwrap_err();
    expect!["[raise-on-load] `Tag.notes`: a collection that is only written isn't loaded when its object is deleted; help: leave its rows to the database: `passive_deletes`, with `on_delete` at the foreign key"].assert_eq(&error.to_string());
    assert_eq!(error.code(), Code::RaiseOnLoad);
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT count(*) FROM tag").trim(), "3");
}

#[test]
fn nobody_reads_it_as_a_whole() {
    let db = filled();
    let session = db.session();
    let account = account(&session);
    db.sql();
    let by_name = Obj::any(&account).collection("transfers").unwrap();
    let errors = [
        by_name.iter().map(|_| ()).unwrap_err(),
        by_name.len().map(|_| ()).unwrap_err(),
        by_name.pop().map(|_| ()).unwrap_err(),
        by_name.clear().unwrap_err(),
        account.set_transfers([Transfer::builder().amount(1)]).unwrap_err(),
        Obj::any(&account).related("transfers").map(|_| ()).unwrap_err(),
    ];
    assert!(errors.iter().all(|error| error.code() == Code::RaiseOnLoad));
    assert!(!by_name.is_loaded().unwrap());
    assert_eq!(db.sql(), "");
    // By name it is added to as well.
    by_name.append(Transfer::builder().amount(1)).unwrap();
    session.flush().unwrap();
    assert_eq!(db.rows_in(&session, "SELECT count(*) FROM transfer WHERE account_id = 1").trim(), "4");
    // An option by name says so too, and one for all relationships leaves it out.
    let option =
        Bank::mapper("Account").unwrap().relationship("transfers").unwrap().load(orm::Lazy::SelectIn);
    let error = session.scalars(select(Account).options(option)).unwrap().all().unwrap_err();
    assert_eq!(error.code(), Code::Query);
    db.sql();
    let all = session.scalars(select(Account).options(orm::all(orm::Lazy::SelectIn))).unwrap().all().unwrap();
    assert_eq!((all.len(), db.statements()), (2, 1));
    session.refresh(&account).unwrap();
    session.refresh_attributes(&account, &["transfers"]).unwrap();
    expect![[r#"
        SELECT "id" FROM "account" WHERE "id" = ? [1]
        SELECT "id" FROM "account" WHERE "id" = ? [1]
    "#]]
    .assert_eq(&db.sql());
}

#[test]
fn a_new_object_is_set_as_often_as_wanted() {
    let db = empty();
    let session = db.session();
    let [first, second, third] =
        [1, 2, 3].map(|amount| Transfer::builder().amount(amount).into_obj().unwrap());
    let account = session.add(Account::builder().transfers([&first, &second])).unwrap();
    account.set_transfers([&second, &third, &third]).unwrap();
    assert_eq!(first.account().unwrap(), None);
    assert_eq!(Obj::state(&first), ObjectState::Transient);
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT amount, account_id FROM transfer"), "2|1\n3|1\n");
}

#[test]
fn what_was_queued_is_lost_by_a_rollback_and_by_expiring() {
    let db = filled();
    let session = db.session();
    let account = account(&session);
    let new = account.transfers().add(Transfer::builder().amount(1)).unwrap();
    session.rollback().unwrap();
    assert_eq!(Obj::state(&new), ObjectState::Transient);
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT count(*) FROM transfer").trim(), "4");
    let first = session.get_one::<Transfer>(1).unwrap();
    account.cards().add(Card::builder()).unwrap();
    account.transfers().remove(&first).unwrap();
    session.expire_attributes(&account, &["transfers"]).unwrap();
    assert_eq!(Obj::any(&account).history("transfers").unwrap().deleted, []);
    assert_eq!(Obj::any(&account).history("cards").unwrap().added.len(), 1);
    // A savepoint takes back what was written in it.
    session.rollback().unwrap();
    let savepoint = session.begin_nested().unwrap();
    account.transfers().add(Transfer::builder().amount(9)).unwrap();
    session.flush().unwrap();
    savepoint.rollback().unwrap();
    assert_eq!(session.scalars(account.transfers().select()).unwrap().count().unwrap(), 3);
    // A flush that failed leaves nothing either.
    account.transfers().add(Transfer::builder().id(4).amount(1)).unwrap();
    session.commit().unwrap_err();
    session.rollback().unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT count(*) FROM transfer").trim(), "4");
}

#[test]
fn merging_adds_what_a_value_has() {
    let db = filled();
    let session = db.session();
    let value = Account {
        id: 1,
        transfers: WriteOnly::new(vec![
            Transfer { id: 4, amount: 41, account_id: None, account: None },
            Transfer { id: 9, amount: 90, account_id: None, account: None },
        ]),
        cards: WriteOnly::default(),
        tags: WriteOnly::default(),
    };
    let merged = session.merge(value).unwrap();
    assert_eq!(Obj::any(&merged).history("transfers").unwrap().added.len(), 2);
    session.commit().unwrap();
    assert_eq!(
        db.rows("SELECT id, amount FROM transfer WHERE account_id = 1"),
        "1|10\n2|20\n3|30\n4|41\n9|90\n"
    );
    // A detached object brings what was queued.
    let account = account(&session);
    let first = session.get_one::<Transfer>(1).unwrap();
    session.expunge(&account).unwrap();
    account.tags().add(Tag::builder().name("n")).unwrap();
    account.transfers().remove(&first).unwrap();
    let merged = session.merge(&account).unwrap();
    assert_ne!(merged, account);
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT tag_id FROM account_tag"), "1\n2\n4\n");
    assert_eq!(db.rows("SELECT id FROM transfer WHERE account_id = 1"), "2\n3\n4\n9\n");
}

#[test]
fn a_plain_value_brings_its_items() {
    let db = empty();
    let session = db.session();
    let account = session
        .add(Account {
            id: 0,
            transfers: vec![Transfer { id: 0, amount: 3, account_id: None, account: None }].into(),
            cards: WriteOnly::default(),
            tags: vec![Tag {
                id: 0,
                name: "t".into(),
                accounts: WriteOnly::default(),
                notes: WriteOnly::default(),
            }]
            .into(),
        })
        .unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT account_id, amount FROM transfer"), "1|3\n");
    assert_eq!(db.rows("SELECT * FROM account_tag"), "1|1\n");
    // It isn't loaded in the value of an object.
    assert!(!account.to_value_nested().unwrap().transfers.is_loaded());
    assert!(!account.to_value().unwrap().tags.is_loaded());
}

#[test]
fn it_is_asked_for_in_queries() {
    let db = filled();
    let session = db.session();
    let transfer = session.get_one::<Transfer>(4).unwrap();
    let by_any = select(Account::id).filter(Account::transfers.any(Transfer::amount.eq(30)));
    assert_eq!(session.scalars(by_any).unwrap().all().unwrap(), [1]);
    let by_contains = select(Account::id).filter(Account::transfers.contains(&transfer));
    assert_eq!(session.scalars(by_contains).unwrap().all().unwrap(), [2]);
    let by_empty = select(Account::id).filter(Account::tags.is_empty());
    assert_eq!(session.scalars(by_empty).unwrap().all().unwrap(), [2]);
    let joined = select(Account::id).join(Account::transfers).filter(Transfer::amount.lt(15));
    assert_eq!(session.scalars(joined).unwrap().all().unwrap(), [1]);
    let account = account(&session);
    let of = select(Transfer::id).filter(with_parent(&account, Account::transfers)).order_by(Transfer::id);
    assert_eq!(session.scalars(of).unwrap().all().unwrap(), [1, 2, 3]);
}

#[test]
fn a_tree_is_written_from_its_root() {
    let db = empty();
    let session = db.session();
    let zone = |number: i64| Zone::builder().area(1).number(number);
    // The later part comes to the session first.
    let leaf = session.add(zone(1)).unwrap();
    let root = zone(9).into_obj().unwrap();
    let middle = zone(5).parts([&leaf]).into_obj().unwrap();
    root.parts().add(&middle).unwrap();
    root.parts().add(zone(2)).unwrap();
    session.add(&root).unwrap();
    session.flush().unwrap();
    expect![[r#"
        INSERT INTO "zone" ("area", "number", "up") VALUES (?, ?, ?) [1, 9, NULL]
        INSERT INTO "zone" ("area", "number", "up") VALUES (?, ?, ?) [1, 5, 9]
        INSERT INTO "zone" ("area", "number", "up") VALUES (?, ?, ?) [1, 2, 9]
        INSERT INTO "zone" ("area", "number", "up") VALUES (?, ?, ?) [1, 1, 5]
    "#]]
    .assert_eq(&db.sql());
    let parts = session.scalars(root.parts().select()).unwrap().all().unwrap();
    assert_eq!(parts.iter().map(|part| part.number().unwrap()).collect::<Vec<_>>(), [2, 5]);
    session.delete(&root).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT count(*) FROM zone").trim(), "0");
}

/// A collection that is never loaded is nested in no plain value.
#[test]
fn a_plain_value_nests_none() {
    let db = Db::empty();
    Bank::create_all(&db.engine).unwrap();
    let session = db.session();
    let account = session.add(Account::builder().transfers([Transfer::builder().amount(1)])).unwrap();
    session.flush().unwrap();
    expect!["[raise-on-load] `Account.transfers`: the collection is never loaded as a whole; help: select its items: `.select()` of the collection gives a query"].assert_eq(&tests::show(account.to_value_with(Account::transfers).map(|_| ())));
    assert!(account.to_value().is_ok());
    assert!(session.values(Account).unwrap().one().is_ok());
}

// ---- insert ----

#[test]
fn rows_are_inserted_into_it() {
    let db = empty();
    let session = db.session();
    // The key is that of when it runs, after the flush.
    let account = session.add(Account::builder()).unwrap();
    let amounts = |amounts: [i64; 2]| amounts.map(|amount| Transfer::builder().amount(amount));
    let of_builders = account.transfers().insert().rows(amounts([1, 2]));
    assert_eq!(session.run(of_builders).unwrap(), 2);
    let of_columns = account.transfers().insert().columns(Transfer::amount).rows([3]);
    assert_eq!(session.run(of_columns.returning(Transfer::account_id)).unwrap(), [Some(1)]);
    // What a row says of the column itself doesn't count.
    let of_both =
        account.transfers().insert().columns((Transfer::amount, Transfer::account_id)).rows([(4, 9)]);
    session.run(of_both).unwrap();
    let of_query = select(Transfer::amount + 10).filter(Transfer::amount.lt(3));
    session.run(account.transfers().insert().columns(Transfer::amount).from(of_query)).unwrap();
    let in_conflict =
        account.transfers().insert().rows([Transfer { id: 1, amount: 9, account_id: None, account: None }]);
    session.run(in_conflict.on_conflict(Transfer::id).update(Transfer::amount)).unwrap();
    session.run(account.cards().insert()).unwrap();
    expect![[r#"
        INSERT INTO "account" DEFAULT VALUES
        INSERT INTO "transfer" ("amount", "account_id") VALUES (?, ?) [1, 1]
        INSERT INTO "transfer" ("amount", "account_id") VALUES (?, ?) [2, 1]
        INSERT INTO "transfer" ("amount", "account_id") VALUES (?, ?) RETURNING "transfer"."account_id" [3, 1]
        INSERT INTO "transfer" ("amount", "account_id") VALUES (?, ?) [4, 1]
        INSERT INTO "transfer" ("amount", "account_id") SELECT "rows"."column1", ? FROM (SELECT "transfer"."amount" + ? AS "column1" FROM "transfer" WHERE "transfer"."amount" < ?) AS "rows" WHERE true [1, 10, 3]
        INSERT INTO "transfer" ("id", "amount", "account_id") VALUES (?, ?, ?) ON CONFLICT ("id") DO UPDATE SET "amount" = "excluded"."amount" [1, 9, 1]
        INSERT INTO "card" ("account_id") VALUES (?) [1]
    "#]].assert_eq(&db.sql());
    assert_eq!(
        db.rows_in(&session, "SELECT id, amount, account_id FROM transfer"),
        "1|9|1\n2|2|1\n3|3|1\n4|4|1\n5|11|1\n6|12|1\n"
    );
    assert_eq!(session.scalars(account.transfers().select()).unwrap().count().unwrap(), 6);
    assert_eq!(session.scalars(account.cards().select()).unwrap().count().unwrap(), 1);
}

/// Each column of a key, of a class in itself.
#[test]
fn rows_get_a_key_of_several_columns() {
    let db = empty();
    let session = db.session();
    let root = session.add(Zone::builder().area(7).number(1)).unwrap();
    session.commit().unwrap();
    db.sql();
    let parts = root.parts().insert().columns(Zone::number).rows([2, 3]);
    assert_eq!(session.run(parts).unwrap(), 2);
    session.run(root.parts().insert().rows([Zone::builder().area(1).number(4)])).unwrap();
    expect![[r#"
        SELECT "area", "number", "up" FROM "zone" WHERE "area" = ? AND "number" = ? [7, 1]
        INSERT INTO "zone" ("number", "area", "up") VALUES (?, ?, ?) [2, 7, 1]
        INSERT INTO "zone" ("number", "area", "up") VALUES (?, ?, ?) [3, 7, 1]
        INSERT INTO "zone" ("number", "area", "up") VALUES (?, ?, ?) [4, 7, 1]
    "#]]
    .assert_eq(&db.sql());
    assert_eq!(db.rows_in(&session, "SELECT * FROM zone"), "7|1|NULL\n7|2|1\n7|3|1\n7|4|1\n");
}

#[test]
fn rows_are_not_inserted_where_they_would_belong_to_nobody() {
    let db = filled();
    let session = db.session();
    let account = account(&session);
    let new = Account::builder().into_obj().unwrap();
    db.sql();
    let tags = account.tags().insert().rows([Tag::builder().name("d")]);
    expect!["[query] rows of `Account.tags` have no key of what they belong to, since it is many-to-many: run `insert(Tag)`, and add the objects that it gives back"].assert_eq(&tests::show(session.run(tags)));
    let alone = new.transfers().insert().columns(Transfer::amount).rows([1]);
    expect![
        "[unset] `Account.id`: the key of Account(new) isn't known; help: add the object to the session first"
    ]
    .assert_eq(&tests::show(session.run(alone)));
    assert_eq!(db.sql(), "");
    // An object that was deleted meanwhile: the database refuses.
    let late = account.transfers().insert().columns(Transfer::amount).rows([1]);
    session.delete(&account).unwrap();
    assert_eq!(tests::code(session.run(late)), Code::Integrity);
    session.rollback().unwrap();
    // One that has left the session has the key that it had.
    let late = account.transfers().insert().columns(Transfer::amount).rows([1]);
    session.expunge(&account).unwrap();
    session.run(late).unwrap();
    assert_eq!(db.rows_in(&session, "SELECT account_id FROM transfer WHERE amount = 1"), "1\n");
}

#[test]
fn rows_get_a_key_that_is_no_primary_key() {
    let db = empty();
    let session = db.session();
    let branch = session.add(Branch::builder()).unwrap();
    session.flush().unwrap();
    db.sql();
    let clerks = || branch.clerks().insert();
    expect!["[query] `Branch.code`: a row of a collection of Branch#1 would have no key of it; help: set the attribute and flush first"].assert_eq(&tests::show(session.run(clerks())));
    branch.set_code("york").unwrap();
    assert_eq!(session.run(clerks()).unwrap(), 1);
    assert_eq!(session.run(branch.rooms().insert()).unwrap(), 1);
    assert_eq!(branch.rooms().count().unwrap(), 1);
    expect![[r#"
        UPDATE "branch" SET "code" = ? WHERE "id" = ? ['york', 1]
        INSERT INTO "clerk" ("branch") VALUES (?) ['york']
        INSERT INTO "room" ("branch_id") VALUES (?) [1]
        SELECT count(*) FROM (SELECT "room"."id", "room"."branch_id" FROM "room" WHERE ? = "room"."branch_id") AS "rows" [1]
    "#]].assert_eq(&db.sql());
}

/// What is only read stands in no deletion's way.
#[test]
fn an_object_with_a_large_collection_that_is_only_read_is_deleted() {
    use paths::*;
    let db = Db::empty();
    Paths::create_all(&db.engine).unwrap();
    db.run("INSERT INTO element VALUES (1, 'a'), (2, 'a/b'), (3, 'a/c')");
    let session = db.session();
    let element = session.get_one::<Element>(1).unwrap();
    assert_eq!(session.scalars(element.below().select()).unwrap().all().unwrap().len(), 2);
    session.delete(&element).unwrap();
    session
        .delete_all(session.scalars(select(Element).filter(Element::id.eq(2))).unwrap().all().unwrap())
        .unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT id FROM element"), "3\n");
}

mod paths {
    //! Paths of folders.

    use orm::prelude::*;

    orm::registry!(pub Paths);

    #[derive(Mapped)]
    #[mapped(registry = Paths)]
    pub struct Element {
        #[column(primary_key)]
        pub id: i64,
        pub path: String,
        #[relationship(primaryjoin = Element::path.foreign().remote().like(Element::path.concat("/%")), viewonly)]
        pub below: WriteOnly<Element>,
    }
}
