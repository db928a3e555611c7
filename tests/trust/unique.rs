//! Values that only one row may have, passed on within a flush; and children that can't be without a parent.

use expect_test::expect;
use orm::prelude::*;
use orm::{Code, SessionConfig};
use tests::{Db, code, show};

orm::registry!(
    /// Classes with unique values.
    pub Unique
);

#[derive(Mapped, Debug, Clone)]
#[mapped(table = "member", registry = Unique)]
struct Member {
    #[column(primary_key)]
    id: i64,
    #[column(unique)]
    name: String,
    #[relationship(back_populates = "member", cascade = "all, delete-orphan", single_parent = true)]
    card: Option<One<Card>>,
    #[relationship(cascade = "all, delete-orphan", single_parent = true)]
    seal: Option<One<Seal>>,
    #[relationship(back_populates = "member", cascade = "all, delete-orphan", order_by = Mail::id)]
    mails: Many<Mail>,
    #[relationship(back_populates = "member", order_by = Task::id)]
    tasks: Many<Task>,
}

/// One for each member, which it needs.
#[derive(Mapped, Debug, Clone)]
#[mapped(table = "card", registry = Unique)]
struct Card {
    #[column(primary_key)]
    id: i64,
    text: String,
    #[column(foreign_key = Member::id, unique)]
    member_id: i64,
    #[relationship(back_populates = "card")]
    member: One<Member>,
}

/// The same without a reverse side.
#[derive(Mapped, Debug, Clone)]
#[mapped(table = "seal", registry = Unique)]
struct Seal {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Member::id, unique)]
    member_id: i64,
}

#[derive(Mapped, Debug, Clone)]
#[mapped(table = "mail", registry = Unique, unique(columns(member_id, kind)), index(name = "by_text", columns(text), unique))]
struct Mail {
    #[column(primary_key)]
    id: i64,
    kind: i64,
    text: Option<String>,
    #[column(foreign_key = Member::id)]
    member_id: i64,
    #[relationship(back_populates = "mails")]
    member: One<Member>,
}

#[derive(Mapped, Debug, Clone)]
#[mapped(table = "task", registry = Unique)]
struct Task {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Member::id)]
    member_id: Option<i64>,
    #[relationship(back_populates = "tasks")]
    member: Option<One<Member>>,
}

/// Many have the same place.
#[derive(Mapped, Debug, Clone)]
#[mapped(table = "peg", registry = Unique)]
struct Peg {
    #[column(primary_key)]
    id: i64,
    #[column(index)]
    place: i64,
}

/// It depends on itself.
#[derive(Mapped, Debug, Clone)]
#[mapped(table = "folder", registry = Unique)]
struct Folder {
    #[column(primary_key)]
    id: i64,
    #[column(unique)]
    name: String,
    #[column(foreign_key = Folder::id)]
    parent_id: Option<i64>,
    #[relationship(back_populates = "parent", cascade = "all, delete-orphan", order_by = Folder::id)]
    folders: Many<Folder>,
    #[relationship(back_populates = "folders", remote_side = Folder::id)]
    parent: Option<One<Folder>>,
}

fn unique() -> Db {
    let db = Db::empty();
    Unique::create_all(&db.engine).unwrap();
    db.sql();
    db
}

fn unordered(db: &Db) -> Session {
    Session::with_config(&db.engine, SessionConfig::default().unique_order(false))
}

fn member(session: &Session, name: &str) -> Obj<Member> {
    let member = session.add(Member::builder().name(name)).unwrap();
    session.commit().unwrap();
    member
}

#[test]
fn a_name_that_is_deleted_and_given_again() {
    let db = unique();
    let session = db.session();
    let old = member(&session, "ed");
    let other = member(&session, "kim");
    session.delete_all([&old, &other]).unwrap();
    session.add(Member::builder().name("ann")).unwrap();
    let new = session.add(Member::builder().name("ed")).unwrap();
    db.sql();
    session.flush().unwrap();
    let said = db.sql();
    let at = |text: &str| said.find(text).unwrap_or_else(|| panic!("{text} in {said}"));
    assert!(at(r#"DELETE FROM "member" WHERE "id" = ? [1]"#) < at("VALUES (?) ['ed']"));
    assert!(at("VALUES (?) ['ann']") < at("VALUES (?) ['ed']"), "as few as possible are moved");
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT name FROM member ORDER BY name"), "'ann'\n'ed'\n");
    assert!(session.contains(&new) && !session.contains(&old));
}

#[test]
fn a_name_that_passes_to_a_row_that_is_there() {
    let db = unique();
    let session = db.session();
    let old = member(&session, "ed");
    let other = member(&session, "kim");
    session.delete(&old).unwrap();
    other.set_name("ed").unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT * FROM member"), "2|'ed'\n");
    assert_eq!(other.name().unwrap(), "ed");
}

#[test]
fn in_the_order_of_sqlalchemy_it_fails() {
    let db = unique();
    for session in
        [unordered(&db), Session::with_config(&db.engine, SessionConfig::default().like_sqlalchemy(true))]
    {
        let old = member(&session, "ed");
        session.delete(&old).unwrap();
        session.add(Member::builder().name("ed")).unwrap();
        assert_eq!(code(session.commit()), Code::Integrity);
        session.rollback().unwrap();
        session.delete(&old).unwrap();
        session.commit().unwrap();
    }
}

#[test]
fn a_one_to_one_is_replaced() {
    let db = unique();
    let session = db.session();
    let ed = member(&session, "ed");
    ed.set_card(Card::builder().text("old")).unwrap();
    ed.set_seal(Seal::builder()).unwrap();
    session.commit().unwrap();
    assert!(ed.card().unwrap().is_some());
    db.sql();
    ed.set_card(Card::builder().text("new")).unwrap();
    session.flush().unwrap();
    expect![[r#"
        DELETE FROM "card" WHERE "id" = ? [1]
        INSERT INTO "card" ("text", "member_id") VALUES (?, ?) ['new', 1]
    "#]]
    .assert_eq(&db.sql());
    // Not loaded before, and without a reverse side.
    session.commit().unwrap();
    ed.set_seal(Seal::builder().id(7)).unwrap();
    ed.set_card(Card::builder().text("newer")).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT text, member_id FROM card"), "'newer'|1\n");
    assert_eq!(db.rows("SELECT id, member_id FROM seal"), "7|1\n");
    // From the side with the key.
    let old = ed.card().unwrap().unwrap();
    session.delete(&old).unwrap();
    session.add(Card::builder().text("newest").member(&ed)).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT text, member_id FROM card"), "'newest'|1\n");
}

#[test]
fn several_columns_and_unique_indexes() {
    let db = unique();
    let session = db.session();
    let ed = member(&session, "ed");
    let kim = member(&session, "kim");
    let old = ed.mails().append(Mail::builder().kind(1).text("t".to_owned())).unwrap();
    ed.mails().append(Mail::builder().kind(2)).unwrap();
    session.commit().unwrap();
    // The same kind of the same member.
    ed.mails().remove(&old).unwrap();
    ed.mails().append(Mail::builder().kind(1)).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT id, kind, text FROM mail"), "2|2|NULL\n3|1|NULL\n");
    // The same text.
    let old = kim.mails().append(Mail::builder().kind(1).text("t".to_owned())).unwrap();
    session.commit().unwrap();
    session.delete(&old).unwrap();
    ed.mails().append(Mail::builder().kind(5).text("t".to_owned())).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT member_id, kind FROM mail WHERE text = 't'"), "1|5\n");
}

#[test]
fn a_parent_is_replaced_with_all_that_hangs_on_it() {
    let replacement = || {
        Member::builder()
            .name("ed")
            .card(Card::builder().text("new"))
            .mails([Mail::builder().kind(1)])
            .tasks([Task::builder()])
    };
    let db = unique();
    let session = db.session();
    let old = member(&session, "ed");
    old.set_card(Card::builder().text("old")).unwrap();
    old.mails().append(Mail::builder().kind(1)).unwrap();
    let task = old.tasks().append(Task::builder()).unwrap();
    session.commit().unwrap();
    session.delete(&old).unwrap();
    let new = session.add(replacement()).unwrap();
    session.flush().unwrap();
    // SQLite gives the number of the row that was deleted to the next one.
    assert_eq!((new.id().unwrap(), session.contains(&old)), (1, false));
    session.rollback().unwrap();
    assert_eq!((session.contains(&new), session.contains(&old)), (false, true));
    assert_eq!(session.get::<Member>(1).unwrap().as_ref(), Some(&old));
    assert_eq!(
        (old.card().unwrap().unwrap().text().unwrap().as_str(), old.mails().len().unwrap()),
        ("old", 1)
    );
    assert_eq!(task.member().unwrap().as_ref(), Some(&old));
    session.delete(&old).unwrap();
    let new = session.add(replacement()).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT id, name FROM member"), "1|'ed'\n");
    assert_eq!(db.rows("SELECT text, member_id FROM card"), "'new'|1\n");
    assert_eq!(db.rows("SELECT member_id FROM mail"), "1\n");
    assert_eq!(db.rows("SELECT member_id FROM task"), "NULL\n1\n");
    assert_eq!(task.member().unwrap(), None);
    assert_eq!(session.get::<Member>(1).unwrap(), Some(new));
}

#[test]
fn where_it_would_come_before_itself_the_order_stays() {
    let db = unique();
    let session = db.session();
    let old = member(&session, "ed");
    let task = old.tasks().append(Task::builder()).unwrap();
    session.commit().unwrap();
    // The task moves to the new one, so the old one can't go first.
    let new = session.add(Member::builder().name("ed")).unwrap();
    session
        .no_autoflush(|session| {
            task.set_member(&new)?;
            session.delete(&old)
        })
        .unwrap();
    assert_eq!(code(session.commit()), Code::Integrity);
    session.rollback().unwrap();
    assert_eq!(task.member().unwrap(), Some(old));
}

#[test]
fn classes_that_depend_on_themselves() {
    let db = unique();
    let session = db.session();
    let old = session
        .add(
            Folder::builder()
                .name("root")
                .folders([Folder::builder().name("a"), Folder::builder().name("b")]),
        )
        .unwrap();
    session.commit().unwrap();
    session.delete(&old).unwrap();
    session
        .add(
            Folder::builder()
                .name("b")
                .folders([Folder::builder().name("root"), Folder::builder().name("a")]),
        )
        .unwrap();
    session.commit().unwrap();
    assert_eq!(
        db.rows("SELECT folder.name, up.name FROM folder LEFT JOIN folder up ON up.id = folder.parent_id ORDER BY 1"),
        "'a'|'b'\n'b'|NULL\n'root'|'b'\n"
    );
}

#[test]
fn a_row_that_is_taken_over_is_updated_all_the_same() {
    let db = unique();
    let session = db.session();
    let old = member(&session, "ed");
    session.delete(&old).unwrap();
    session.add(Member::builder().id(1).name("ed")).unwrap();
    db.sql();
    session.commit().unwrap();
    assert!(!db.sql().contains("DELETE"));
    assert_eq!(db.rows("SELECT * FROM member"), "1|'ed'\n");
}

#[test]
fn nothing_is_moved_without_need() {
    let db = unique();
    let session = db.session();
    let old = member(&session, "ed");
    session.refresh(&old).unwrap();
    session.delete(&old).unwrap();
    session.add(Member::builder().name("new")).unwrap();
    db.sql();
    session.flush().unwrap();
    let said = db.sql();
    assert!(said.find("INSERT") < said.find("DELETE"), "{said}");
}

#[test]
fn an_index_that_is_not_unique_moves_nothing() {
    let db = unique();
    let session = db.session();
    let old = session.add(Peg::builder().place(1)).unwrap();
    session.commit().unwrap();
    session.refresh(&old).unwrap();
    session.delete(&old).unwrap();
    session.add(Peg::builder().place(1)).unwrap();
    db.sql();
    session.flush().unwrap();
    let said = db.sql();
    assert!(said.find("INSERT") < said.find("DELETE"), "{said}");
}

orm::registry!(
    /// Parents without cascades.
    pub Needy
);

#[derive(Mapped, Debug, Clone)]
#[mapped(table = "par", registry = Needy)]
struct Par {
    #[column(primary_key)]
    id: i64,
    #[relationship(back_populates = "par")]
    kids: Many<Kid>,
    #[relationship(back_populates = "par")]
    twin: Option<One<Twin>>,
}

#[derive(Mapped, Debug, Clone)]
#[mapped(table = "kid", registry = Needy)]
struct Kid {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Par::id)]
    par_id: i64,
    #[relationship(back_populates = "kids")]
    par: One<Par>,
}

#[derive(Mapped, Debug, Clone)]
#[mapped(table = "twin", registry = Needy)]
struct Twin {
    #[column(primary_key, foreign_key = Par::id)]
    par_id: i64,
    #[relationship(back_populates = "twin")]
    par: One<Par>,
}

/// Nothing leads to it.
#[derive(Mapped, Debug, Clone)]
#[mapped(table = "hidden", registry = Needy)]
struct Hidden {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Par::id)]
    par_id: i64,
    #[relationship]
    par: One<Par>,
}

#[test]
fn required_children_that_stay() {
    let db = Db::empty();
    Needy::create_all(&db.engine).unwrap();
    let session = db.session();
    let par = session.add(Par::builder().kids([Kid::builder()])).unwrap();
    session.commit().unwrap();
    session.delete(&par).unwrap();
    expect![[r#"[integrity] `Kid.par_id`: NOT NULL constraint failed: kid.par_id; help: a `Par` was deleted, and a `Kid` of its `kids` can't be without one: give `Par.kids` the cascade `"all, delete-orphan"`, so that the `Kid` is deleted too"#]].assert_eq(&show(session.commit()));
    session.rollback().unwrap();
    par.kids().clear().unwrap();
    expect![[r#"[integrity] `Kid.par_id`: NOT NULL constraint failed: kid.par_id; help: `Par.kids` let go of a `Kid` that can't be without a `Par`: give `Par.kids` the cascade `"all, delete-orphan"`, so that the `Kid` is deleted too"#]].assert_eq(&show(session.commit()));
    session.rollback().unwrap();
    // The mend of the moment.
    let kid = par.kids().get(0).unwrap().unwrap();
    session.delete(&kid).unwrap();
    session.delete(&par).unwrap();
    session.commit().unwrap();

    let par = session.add(Par::builder()).unwrap();
    par.set_twin(Twin::builder()).unwrap();
    session.commit().unwrap();
    session.delete(&par).unwrap();
    expect![[r#"[blanked-key] `Twin.par_id`: Twin#1 lost its parent, but the foreign key is part of its primary key; help: delete the object, or have `Par.twin` do it by `cascade = "all, delete-orphan"`"#]].assert_eq(&show(session.commit()));
    session.rollback().unwrap();
    session.delete(par.twin().unwrap().unwrap()).unwrap();
    session.commit().unwrap();

    session.add(Hidden::builder().par(&par)).unwrap();
    session.commit().unwrap();
    session.delete(&par).unwrap();
    expect![[r#"[integrity] `Par`: FOREIGN KEY constraint failed; help: rows may refer to it by `Hidden.par`: delete them first, or give `Par` the reverse side with the cascade `"all, delete-orphan"`, so that they are deleted too"#]].assert_eq(&show(session.commit()));
}

#[test]
fn with_the_cascade_that_the_error_names() {
    let db = unique();
    let session = db.session();
    let ed = member(&session, "ed");
    ed.mails().append(Mail::builder().kind(1)).unwrap();
    session.commit().unwrap();
    ed.mails().clear().unwrap();
    session.commit().unwrap();
    ed.mails().append(Mail::builder().kind(1)).unwrap();
    session.commit().unwrap();
    session.delete(&ed).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT * FROM mail"), "");
}
