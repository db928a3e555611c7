//! Orphans of one-to-many relationships: new and old ones, with one parent and with several, replaced, moved and deleted.

use expect_test::expect;
use orm::prelude::*;
use orm::{Code, IntoObj, ObjectState, SessionConfig};
use tests::{Db, code};

orm::registry!(
    /// These classes.
    pub Orphans
);

/// Its notes know nothing of it, and need it; its cards know it, and don't.
#[derive(Mapped)]
#[mapped(registry = Orphans)]
struct Owner {
    #[column(primary_key)]
    id: i64,
    name: String,
    #[relationship(cascade = "all, delete-orphan", order_by = Note::id)]
    notes: Many<Note>,
    #[relationship(back_populates = "owner", cascade = "all, delete-orphan", order_by = Card::id)]
    cards: Many<Card>,
    /// Deleted with it, but no orphans without it.
    #[relationship(cascade = "all", order_by = Loan::id)]
    loans: Many<Loan>,
}

#[derive(Mapped)]
#[mapped(registry = Orphans)]
struct Note {
    #[column(primary_key)]
    id: i64,
    text: String,
    #[column(foreign_key = Owner::id)]
    owner_id: i64,
    #[relationship(cascade = "all, delete-orphan")]
    lines: Many<Line>,
}

#[derive(Mapped)]
#[mapped(registry = Orphans)]
struct Line {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Note::id)]
    note_id: i64,
}

#[derive(Mapped)]
#[mapped(registry = Orphans)]
struct Card {
    #[column(primary_key)]
    id: i64,
    text: String,
    #[column(foreign_key = Owner::id)]
    owner_id: Option<i64>,
    #[relationship(back_populates = "cards")]
    owner: Option<One<Owner>>,
}

#[derive(Mapped)]
#[mapped(registry = Orphans)]
struct Loan {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Owner::id)]
    owner_id: Option<i64>,
}

/// It refers to a card, and brings nothing with it.
#[derive(Mapped)]
#[mapped(registry = Orphans)]
struct Stamp {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Card::id)]
    card_id: Option<i64>,
    #[relationship]
    card: Option<One<Card>>,
}

/// Both of its relationships say that what they lead to can't be without it.
#[derive(Mapped)]
#[mapped(registry = Orphans)]
struct Account {
    #[column(primary_key)]
    id: i64,
    #[relationship(back_populates = "account", cascade = "all, delete-orphan")]
    customers: Many<Customer>,
    #[relationship(back_populates = "account", cascade = "all, delete-orphan")]
    agent: Option<One<Agent>>,
}

#[derive(Mapped)]
#[mapped(registry = Orphans)]
struct Branch {
    #[column(primary_key)]
    id: i64,
    #[relationship(back_populates = "branch", cascade = "all, delete-orphan")]
    customers: Many<Customer>,
    #[relationship(back_populates = "branch", cascade = "all, delete-orphan")]
    agent: Option<One<Agent>>,
}

/// It has two parents.
#[derive(Mapped)]
#[mapped(registry = Orphans)]
struct Customer {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Account::id)]
    account_id: Option<i64>,
    #[column(foreign_key = Branch::id)]
    branch_id: Option<i64>,
    #[relationship(back_populates = "customers")]
    account: Option<One<Account>>,
    #[relationship(back_populates = "customers")]
    branch: Option<One<Branch>>,
}

/// The same, of which each parent has one.
#[derive(Mapped)]
#[mapped(registry = Orphans)]
struct Agent {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Account::id)]
    account_id: Option<i64>,
    #[column(foreign_key = Branch::id)]
    branch_id: Option<i64>,
    #[relationship(back_populates = "agent")]
    account: Option<One<Account>>,
    #[relationship(back_populates = "agent")]
    branch: Option<One<Branch>>,
}

/// A class of itself.
#[derive(Mapped)]
#[mapped(registry = Orphans)]
struct Twig {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Twig::id)]
    parent_id: Option<i64>,
    #[relationship(back_populates = "parent", cascade = "all, delete-orphan", order_by = Twig::id)]
    twigs: Many<Twig>,
    #[relationship(back_populates = "twigs", remote_side = Twig::id)]
    parent: Option<One<Twig>>,
}

fn orphans() -> (Db, Session) {
    let db = Db::empty();
    Orphans::create_all(&db.engine).unwrap();
    let session = db.session();
    db.sql();
    (db, session)
}

fn note(text: &str) -> Obj<Note> {
    Note::builder().text(text).into_obj().unwrap()
}

fn owner(notes: &[&Obj<Note>]) -> Obj<Owner> {
    let notes: Vec<Obj<Note>> = notes.iter().map(|note| (*note).clone()).collect();
    Owner::builder().name("jack").notes(notes).into_obj().unwrap()
}

fn texts(owner: &Obj<Owner>) -> Vec<String> {
    owner.notes().iter().unwrap().map(|note| note.text().unwrap()).collect()
}

#[test]
fn a_list_is_set_and_replaced() {
    let (db, session) = orphans();
    let jack = session.add(owner(&[&note("a"), &note("b")])).unwrap();
    // Those that were never written leave the session.
    let first = jack.notes().get(0).unwrap().unwrap();
    jack.set_notes([note("c"), note("d")]).unwrap();
    assert_eq!(Obj::state(&first), ObjectState::Transient);
    session.commit().unwrap();
    assert_eq!(texts(&jack), ["c", "d"]);
    // Those that were are deleted.
    let kept = jack.notes().get(1).unwrap().unwrap();
    db.sql();
    jack.set_notes([&kept, &note("e")]).unwrap();
    session.commit().unwrap();
    expect![[r#"
        SELECT "line"."id", "line"."note_id" FROM "line" WHERE ? = "line"."note_id" [1]
        INSERT INTO "note" ("text", "owner_id") VALUES (?, ?) ['e', 1]
        DELETE FROM "note" WHERE "id" = ? [1]
    "#]]
    .assert_eq(&db.sql());
    assert_eq!(
        (texts(&jack), db.rows("SELECT text FROM note")),
        (vec!["d".into(), "e".into()], "'d'\n'e'\n".into())
    );
    jack.notes().clear().unwrap();
    session.commit().unwrap();
    assert_eq!(
        (db.rows("SELECT * FROM note"), db.rows("SELECT name FROM owner")),
        (String::new(), "'jack'\n".into())
    );
}

/// Only a loss makes an orphan: who never had a parent is written, as far as the database allows it.
#[test]
fn who_never_had_a_parent() {
    let (db, session) = orphans();
    session.add(Card::builder().text("alone")).unwrap();
    session.commit().unwrap();
    session.add(note("alone")).unwrap();
    assert_eq!(code(session.flush()), Code::Integrity);
    session.rollback().unwrap();
    // The key of a parent is enough.
    let jack = session.add(owner(&[])).unwrap();
    session.flush().unwrap();
    let by_key = session.add(Note::builder().text("by key").owner_id(jack.id().unwrap())).unwrap();
    session.commit().unwrap();
    assert_eq!(Obj::state(&by_key), ObjectState::Persistent);
    assert_eq!(db.rows("SELECT text, owner_id FROM note"), "'by key'|1\n");
    assert_eq!(db.rows("SELECT text, owner_id FROM card"), "'alone'|NULL\n");
}

/// What came to an object that is in no session, and what left it, comes along with it.
#[test]
fn what_was_taken_out_comes_along_and_is_deleted() {
    let db = Db::empty();
    Orphans::create_all(&db.engine).unwrap();
    let session = Session::with_config(&db.engine, SessionConfig::default().expire_on_commit(false));
    let [a, b, c] = ["a", "b", "c"].map(note);
    let jack = session.add(owner(&[&a, &b])).unwrap();
    session.commit().unwrap();
    session.close().unwrap();
    jack.notes().append(&c).unwrap();
    jack.notes().remove(&a).unwrap();
    session.add(&jack).unwrap();
    for note in [&a, &b, &c] {
        assert!(session.contains(note));
    }
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT text FROM note"), "'b'\n'c'\n");
}

/// A new one leaves the session when it is taken out, with what it reaches.
#[test]
fn a_new_one_is_taken_out() {
    let (db, session) = orphans();
    let jack = session.add(owner(&[])).unwrap();
    session.flush().unwrap();
    let (note, line) = (note("a"), Line::builder().into_obj().unwrap());
    note.lines().append(&line).unwrap();
    jack.notes().append(&note).unwrap();
    assert!(session.contains(&note) && session.contains(&line));
    jack.notes().remove(&note).unwrap();
    assert!(!session.contains(&note) && !session.contains(&line));
    let card = jack.cards().append(Card::builder().text("c")).unwrap();
    jack.cards().remove(&card).unwrap();
    assert!(!session.contains(&card));
    session.commit().unwrap();
    assert_eq!((jack.notes().len().unwrap(), jack.cards().len().unwrap()), (0, 0));
    session.delete(&jack).unwrap();
    session.commit().unwrap();
    assert_eq!(code(card.id()), Code::Unset);
    assert_eq!(db.rows("SELECT * FROM note"), "");
}

/// Without the word it stays, and is written without a parent.
#[test]
fn who_needs_no_parent_stays() {
    let (db, session) = orphans();
    let jack = owner(&[]);
    let loan = jack.loans().append(Loan::builder()).unwrap();
    session.add(&jack).unwrap();
    jack.loans().remove(&loan).unwrap();
    assert!(session.contains(&loan));
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT * FROM loan"), "1|NULL\n");
}

/// A deletion reaches what the object has, and nothing that has left it: that is an orphan or isn't by itself.
#[test]
fn a_deletion_reaches_what_is_there() {
    let (db, session) = orphans();
    let jack = owner(&[&note("a"), &note("b")]);
    let left = jack.loans().append(Loan::builder()).unwrap();
    jack.loans().append(Loan::builder()).unwrap();
    session.add(&jack).unwrap();
    session.flush().unwrap();
    let orphan = jack.notes().pop_at(0).unwrap();
    jack.loans().remove(&left).unwrap();
    session.no_autoflush(|session| session.delete(&jack)).unwrap();
    session.flush().unwrap();
    assert_eq!((Obj::state(&orphan), Obj::state(&left)), (ObjectState::Deleted, ObjectState::Persistent));
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT * FROM owner") + &db.rows("SELECT * FROM note"), "");
    assert_eq!(db.rows("SELECT * FROM loan"), "1|NULL\n");
}

/// It has found another parent by the time of the flush.
#[test]
fn what_has_left_a_deleted_parent_for_another_one_stays() {
    let (db, session) = orphans();
    let jack = session.add(owner(&[&note("a"), &note("b")])).unwrap();
    session.flush().unwrap();
    session.no_autoflush(|session| {
        let first = jack.notes().pop_at(0).unwrap();
        session.delete(&jack).unwrap();
        assert!(session.contains(&first));
        session.add(owner(&[&first])).unwrap();
    });
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT * FROM owner"), "2|'jack'\n");
    assert_eq!(db.rows("SELECT id, text, owner_id FROM note"), "1|'a'|2\n");
}

/// Nothing is loaded for the sake of a cascade that isn't about loading, nor set in the objects.
#[test]
fn what_is_not_loaded_stays_so() {
    let (db, session) = orphans();
    let jack = session.add(owner(&[])).unwrap();
    session.flush().unwrap();
    let card = session.add(Card::builder().text("c")).unwrap();
    card.set_owner(&jack).unwrap();
    session.flush().unwrap();
    let stamp = session.add(Stamp::builder().card_id(card.id().unwrap())).unwrap();
    session.flush().unwrap();
    expect![[r#"
        INSERT INTO "owner" ("name") VALUES (?) ['jack']
        INSERT INTO "card" ("text", "owner_id") VALUES (?, ?) ['c', 1]
        INSERT INTO "stamp" ("card_id") VALUES (?) [1]
    "#]]
    .assert_eq(&db.sql());
    assert_eq!(stamp.card().unwrap(), Some(card));
    assert_eq!(db.sql(), "");
}

#[test]
fn of_two_parents_the_loss_of_one_is_enough() {
    for first in [true, false] {
        let db = Db::empty();
        Orphans::create_all(&db.engine).unwrap();
        let session = Session::with_config(&db.engine, SessionConfig::default().autoflush(false));
        let (account, branch) = session.add_all((Account::builder(), Branch::builder())).unwrap();
        session.commit().unwrap();
        let customer = account.customers().append(Customer::builder()).unwrap();
        branch.customers().append(&customer).unwrap();
        assert!(session.contains(&customer));
        let agent = Agent::builder().into_obj().unwrap();
        account.set_agent(&agent).unwrap();
        branch.set_agent(&agent).unwrap();
        if first {
            account.customers().remove(&customer).unwrap();
            account.set_agent(None).unwrap();
        } else {
            customer.set_branch(None).unwrap();
            branch.set_agent(None).unwrap();
        }
        assert!(!session.contains(&customer) && !session.contains(&agent));
        branch.customers().clear().unwrap();
        account.set_agent(None).unwrap();
        assert!(!session.contains(&customer) && !session.contains(&agent));
        session.commit().unwrap();
        assert_eq!(db.rows("SELECT id FROM customer UNION ALL SELECT id FROM agent"), "");
    }
}

/// Which of the two parents it has, whether it has lost the others, and whether it is written before: whether it leaves the
/// session at once, and what a flush does of it then. One that comes again after it has left is written as any new one is.
#[test]
fn who_is_an_orphan() {
    let mut told = Vec::new();
    for persistent in [true, false] {
        for (name, had, keeps) in [
            ("both", [true, true], [true, true]),
            ("has lost the second", [true, true], [true, false]),
            ("has lost both", [true, true], [false, false]),
            ("never had the second", [true, false], [true, false]),
            ("never had any", [false, false], [false, false]),
        ] {
            let (db, session) = orphans();
            let customer = Customer::builder().into_obj().unwrap();
            let (account, branch) = session.add_all((Account::builder(), Branch::builder())).unwrap();
            session.flush().unwrap();
            if had[0] {
                customer.set_account(&account).unwrap();
            }
            if had[1] {
                customer.set_branch(&branch).unwrap();
            }
            session.add(&customer).unwrap();
            if persistent {
                session.flush().unwrap();
            }
            if had[0] && !keeps[0] {
                customer.set_account(None).unwrap();
            }
            if had[1] && !keeps[1] {
                customer.set_branch(None).unwrap();
            }
            let left = if session.contains(&customer) { "" } else { " left and" };
            session.add(&customer).unwrap();
            session.flush().unwrap();
            let rows = db.rows_in(&session, "SELECT count(*) FROM customer");
            let (age, state) = (if persistent { "old" } else { "new" }, Obj::state(&customer));
            told.push(format!("{age} {name}:{left} {state:?}, {rows}"));
        }
    }
    expect![[r#"
        old both: Persistent, 1
        old has lost the second: Deleted, 0
        old has lost both: Deleted, 0
        old never had the second: Persistent, 1
        old never had any: Persistent, 1
        new both: Persistent, 1
        new has lost the second: left and Persistent, 1
        new has lost both: left and Persistent, 1
        new never had the second: Persistent, 1
        new never had any: Persistent, 1
    "#]]
    .assert_eq(&told.concat());
}

/// The children of an orphan go before it.
#[test]
fn a_part_of_a_tree() {
    let (db, session) = orphans();
    let [one, two, three, four] = [0; 4].map(|_| Twig::builder().into_obj().unwrap());
    one.twigs().extend([&two, &three]).unwrap();
    three.twigs().append(&four).unwrap();
    session.add_all([&one, &two, &three, &four]).unwrap();
    session.commit().unwrap();
    one.twigs().remove(&three).unwrap();
    db.sql();
    session.commit().unwrap();
    expect![[r#"
        SELECT "twig"."id", "twig"."parent_id" FROM "twig" WHERE ? = "twig"."parent_id" ORDER BY "twig"."id" [3]
        SELECT "twig"."id", "twig"."parent_id" FROM "twig" WHERE ? = "twig"."parent_id" ORDER BY "twig"."id" [4]
        DELETE FROM "twig" WHERE "id" = ? [4]
        DELETE FROM "twig" WHERE "id" = ? [3]
    "#]]
    .assert_eq(&db.sql());
    assert_eq!(db.rows("SELECT id FROM twig"), "1\n2\n");
}
