//! Objects that are related to those of a session, and aren't in it themselves.

use expect_test::expect;
use orm::prelude::*;
use orm::{Code, ObjectState, SessionConfig, Unsaved};
use tests::{Db, code, show};

orm::registry!(
    /// Parents and children whose relationships don't bring each other into the session.
    pub Shy
);

/// A parent.
#[derive(Mapped, Debug, Clone, Default)]
#[mapped(table = "par", registry = Shy)]
pub(super) struct Par {
    #[column(primary_key)]
    pub(super) id: i64,
    pub(super) name: String,
    #[relationship(back_populates = "par", cascade = "merge", order_by = Kid::id)]
    pub(super) kids: Many<Kid>,
    #[relationship(back_populates = "owner", cascade = "all, delete-orphan", order_by = Toy::id)]
    pub(super) toys: Many<Toy>,
    #[relationship(back_populates = "par", cascade = "all, delete-orphan", single_parent = true)]
    pub(super) card: Option<One<Card>>,
    #[relationship(secondary = ParTag, back_populates = "pars", cascade = "merge", order_by = Tag::id)]
    pub(super) tags: Many<Tag>,
}

/// A child; neither side brings the other in.
#[derive(Mapped, Debug, Clone, Default)]
#[mapped(table = "kid", registry = Shy)]
pub(super) struct Kid {
    #[column(primary_key)]
    pub(super) id: i64,
    #[column(foreign_key = Par::id)]
    pub(super) par_id: Option<i64>,
    #[relationship(back_populates = "kids", cascade = "merge")]
    pub(super) par: Option<One<Par>>,
}

/// It can't be without an owner.
#[derive(Mapped, Debug, Clone, Default)]
#[mapped(table = "toy", registry = Shy)]
pub(super) struct Toy {
    #[column(primary_key)]
    pub(super) id: i64,
    pub(super) name: String,
    #[column(foreign_key = Par::id)]
    pub(super) owner_id: Option<i64>,
    #[relationship(back_populates = "toys")]
    pub(super) owner: Option<One<Par>>,
}

/// There is one for each parent.
#[derive(Mapped, Debug, Clone, Default)]
#[mapped(table = "card", registry = Shy)]
pub(super) struct Card {
    #[column(primary_key)]
    pub(super) id: i64,
    #[column(foreign_key = Par::id)]
    pub(super) par_id: Option<i64>,
    #[relationship(back_populates = "card")]
    pub(super) par: Option<One<Par>>,
}

/// It has a hat for itself, and holds its key.
#[derive(Mapped, Debug, Clone, Default)]
#[mapped(table = "head", registry = Shy)]
struct Head {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Hat::id)]
    hat_id: Option<i64>,
    #[relationship(cascade = "all, delete-orphan", single_parent = true)]
    hat: Option<One<Hat>>,
}

#[derive(Mapped, Debug, Clone, Default)]
#[mapped(table = "hat", registry = Shy)]
struct Hat {
    #[column(primary_key)]
    id: i64,
    name: String,
}

#[derive(Mapped, Debug, Clone, Default)]
#[mapped(table = "tag", registry = Shy)]
pub(super) struct Tag {
    #[column(primary_key)]
    pub(super) id: i64,
    #[relationship(secondary = ParTag, back_populates = "tags", cascade = "merge", order_by = Par::id)]
    pub(super) pars: Many<Par>,
}

#[derive(Table, Debug, Clone)]
#[mapped(table = "par_tag", registry = Shy)]
struct ParTag {
    #[column(primary_key, foreign_key = Par::id)]
    par_id: i64,
    #[column(primary_key, foreign_key = Tag::id)]
    tag_id: i64,
}

fn shy() -> Db {
    let db = Db::empty();
    Shy::create_all(&db.engine).unwrap();
    db.sql();
    db
}

fn with(db: &Db, unsaved: Unsaved) -> Session {
    Session::with_config(&db.engine, SessionConfig::default().unsaved(unsaved))
}

fn pars(session: &Session) -> (Obj<Par>, Obj<Par>) {
    let one = session.add(Par::builder().name("one")).unwrap();
    let two = session.add(Par::builder().name("two")).unwrap();
    session.commit().unwrap();
    (one, two)
}

#[test]
fn a_new_child_that_moves_stays_in_the_session() {
    let db = shy();
    let session = db.session();
    let (one, two) = pars(&session);
    let by_child = one.toys().append(Toy::builder().name("by child")).unwrap();
    by_child.set_owner(&two).unwrap();
    let by_parent = one.toys().append(Toy::builder().name("by parent")).unwrap();
    two.toys().append(&by_parent).unwrap();
    let by_list = one.toys().append(Toy::builder().name("by list")).unwrap();
    two.set_toys([by_child.clone(), by_parent.clone(), by_list.clone()]).unwrap();
    let to_new = one.toys().append(Toy::builder().name("to new")).unwrap();
    let new = Par::builder().name("new").into_obj().unwrap();
    to_new.set_owner(&new).unwrap();
    for toy in [&by_child, &by_parent, &by_list, &to_new] {
        assert!(session.contains(toy));
    }
    session.commit().unwrap();
    assert_eq!(one.toys().len().unwrap(), 0);
    assert_eq!(
        db.rows("SELECT toy.name, par.name FROM toy JOIN par ON par.id = owner_id ORDER BY toy.id"),
        "'by child'|'two'\n'by parent'|'two'\n'by list'|'two'\n'to new'|'new'\n"
    );
}

#[test]
fn a_new_child_of_a_one_to_one_that_moves_stays_too() {
    for by_child in [true, false] {
        let db = shy();
        let session = db.session();
        let (one, two) = pars(&session);
        let card = Card::builder().into_obj().unwrap();
        one.set_card(&card).unwrap();
        assert!(session.contains(&card));
        if by_child {
            card.set_par(&two).unwrap();
            assert!(session.contains(&card));
            session.commit().unwrap();
            assert_eq!(db.rows("SELECT par_id FROM card"), "2\n");
            assert_eq!((one.card().unwrap(), two.card().unwrap()), (None, Some(card)));
        } else {
            // As it was: the relationship says `single_parent`.
            assert_eq!(code(two.set_card(&card)), Code::SingleParent);
        }
    }
}

#[test]
fn a_new_child_that_only_loses_its_parent_leaves() {
    let db = shy();
    let session = db.session();
    let (one, _) = pars(&session);
    let toy = one.toys().append(Toy::builder().name("a")).unwrap();
    toy.set_owner(None).unwrap();
    assert_eq!(Obj::state(&toy), ObjectState::Transient);
    let toy = one.toys().append(Toy::builder().name("b")).unwrap();
    one.toys().remove(&toy).unwrap();
    assert_eq!(Obj::state(&toy), ObjectState::Transient);
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT * FROM toy"), "");
}

#[test]
fn sqlalchemy_lets_it_go() {
    let db = shy();
    let session = Session::with_config(&db.engine, SessionConfig::default().like_sqlalchemy(true));
    let (one, two) = pars(&session);
    let toy = one.toys().append(Toy::builder().name("a")).unwrap();
    toy.set_owner(&two).unwrap();
    assert_eq!(Obj::state(&toy), ObjectState::Transient);
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT * FROM toy"), "");
}

#[test]
fn a_child_outside() {
    let db = shy();
    let session = db.session();
    let (one, _) = pars(&session);
    one.set_name("changed").unwrap();
    let kid = Kid::builder().into_obj().unwrap();
    kid.set_par(&one).unwrap();
    db.sql();
    let error = session.commit().unwrap_err();
    expect!["[unsaved] `Par.kids`: Par#1 leads to Kid(new), which isn't in the session; help: `add` Kid(new) to the session, or give the relationship the cascade `save-update`, or take it out of it"].assert_eq(&error.to_string());
    // Nothing was written, everything is as it was, and no rollback is needed.
    expect![""].assert_eq(&db.sql());
    assert!(session.is_dirty());
    assert_eq!(one.name().unwrap(), "changed");
    session.add(&kid).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT * FROM kid"), "1|1\n");
    assert_eq!(db.rows("SELECT name FROM par"), "'changed'\n'two'\n");
    assert_eq!(one.kids().len().unwrap(), 1);
}

#[test]
fn a_parent_outside() {
    let db = shy();
    let session = db.session();
    let new = Par::builder().name("new").into_obj().unwrap();
    let kid = session.add(Kid::builder()).unwrap();
    let other = session.add(Kid::builder()).unwrap();
    kid.set_par(&new).unwrap();
    other.set_par(&new).unwrap();
    expect!["[unsaved] `Kid.par`: Kid(new) leads to Par(new), which isn't in the session, and so it is 1 more time(s); help: `add` Par(new) to the session, or give the relationship the cascade `save-update`, or take it out of it"]
        .assert_eq(&show(session.flush()));
    // A query that flushes first says so too, and another works.
    assert_eq!(code(session.scalars(select(Kid)).and_then(|all| all.all())), Code::Unsaved);
    session.no_autoflush(|session| session.scalars(select(Kid))?.all()).unwrap();
    // The other way to mend it.
    kid.set_par(None).unwrap();
    other.set_par(None).unwrap();
    session.flush().unwrap();
    kid.set_par(&new).unwrap();
    assert_eq!(code(session.flush()), Code::Unsaved);
    session.add(&new).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT * FROM kid"), "1|1\n2|NULL\n");
}

#[test]
fn links_that_lead_outside() {
    for stand in ["new", "loaded", "not loaded"] {
        let db = shy();
        let session = db.session();
        let (one, _) = pars(&session);
        let inside = session.add(Tag::builder()).unwrap();
        let outside = Tag::builder().into_obj().unwrap();
        let par = match stand {
            "new" => session.add(Par::builder().name("new")).unwrap(),
            _ => one,
        };
        if stand == "loaded" {
            assert_eq!(par.tags().len().unwrap(), 0);
        }
        outside.pars().append(&par).unwrap();
        let said = show(session.flush());
        assert!(said.starts_with("[unsaved] `Par.tags`: Par"), "{stand}: {said}");
        assert!(said.contains(" leads to Tag(new), which isn't in the session; help: "), "{stand}: {said}");
        session.add(&outside).unwrap();
        par.tags().append(&inside).unwrap();
        session.commit().unwrap();
        assert_eq!(db.rows("SELECT count(*) FROM par_tag"), "2\n", "{stand}");
        assert_eq!(par.tags().len().unwrap(), 2, "{stand}");
    }
}

#[test]
fn detached_objects_and_those_of_other_sessions() {
    let db = shy();
    let session = db.session();
    let (one, two) = pars(&session);
    session.expunge(&one).unwrap();
    let kid = session.add(Kid::builder()).unwrap();
    kid.set_par(&one).unwrap();
    expect!["[unsaved] `Kid.par`: Kid(new) leads to Par#1, which isn't in the session; help: `add` Par#1 to the session, or take it out of the relationship"].assert_eq(&show(session.flush()));
    session.add(&one).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT * FROM kid"), "1|1\n");
    // One of another session.
    let other = db.session();
    let theirs = other.get_one::<Par>(2).unwrap();
    session.expunge(&two).unwrap();
    kid.set_par(&theirs).unwrap();
    expect!["[unsaved] `Kid.par`: Kid#1 leads to Par#2, which isn't in the session; help: it belongs to another session: `merge` it, and relate to what that gives"].assert_eq(&show(session.flush()));
    let ours = session.no_autoflush(|session| session.merge(&theirs)).unwrap();
    kid.set_par(&ours).unwrap();
    other.close().unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT * FROM kid"), "1|2\n");
}

#[test]
fn it_is_found_before_anything_is_written_in_a_savepoint_too() {
    let db = shy();
    let session = db.session();
    let (one, _) = pars(&session);
    let part = session.begin_nested().unwrap();
    let kept = session.add(Par::builder().name("kept")).unwrap();
    let kid = Kid::builder().into_obj().unwrap();
    kid.set_par(&one).unwrap();
    assert_eq!(code(session.flush()), Code::Unsaved);
    assert_eq!(Obj::state(&kept), ObjectState::Pending);
    kid.set_par(None).unwrap();
    part.commit().unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT name FROM par"), "'one'\n'two'\n'kept'\n");
    assert_eq!(db.rows("SELECT * FROM kid"), "");
}

#[test]
fn a_savepoint_that_cannot_be_kept_is_rolled_back() {
    let db = shy();
    let session = db.session();
    let (one, _) = pars(&session);
    one.set_name("changed").unwrap();
    let part = session.begin_nested().unwrap();
    let kept = session.add(Par::builder().name("in the savepoint")).unwrap();
    let kid = Kid::builder().into_obj().unwrap();
    kid.set_par(&one).unwrap();
    assert_eq!(code(part.commit()), Code::Unsaved);
    assert!(!session.contains(&kept));
    // What was flushed before it stands, and the transaction goes on.
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT name FROM par"), "'changed'\n'two'\n");
    assert_eq!(db.rows("SELECT * FROM kid"), "");
}

#[test]
fn what_is_outside_and_does_not_come_is_no_concern() {
    let db = shy();
    let session = db.session();
    let (one, two) = pars(&session);
    let toy = one.toys().append(Toy::builder().name("a")).unwrap();
    let kid = session.add(Kid::builder()).unwrap();
    kid.set_par(&two).unwrap();
    session.commit().unwrap();
    assert_eq!((one.toys().len().unwrap(), kid.par().unwrap().as_ref()), (1, Some(&two)));
    // Loaded and unchanged, though what it leads to has left the session.
    session.expunge(&toy).unwrap();
    session.expunge(&two).unwrap();
    one.set_name("changed").unwrap();
    kid.set_id(7).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT id, par_id FROM kid"), "7|2\n");
}

#[test]
fn saved_by_the_flush() {
    let db = shy();
    let session = with(&db, Unsaved::Save);
    let (one, _) = pars(&session);
    let kid = Kid::builder().into_obj().unwrap();
    kid.set_par(&one).unwrap();
    let grand = session.add(Kid::builder()).unwrap();
    let new = Par::builder().name("new").into_obj().unwrap();
    let tag = Tag::builder().into_obj().unwrap();
    // What is found only when the first is taken in.
    new.tags().append(&tag).unwrap();
    grand.set_par(&new).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT par_id FROM kid ORDER BY par_id"), "1\n3\n");
    assert_eq!(db.rows("SELECT * FROM par_tag"), "3|1\n");
    for state in [Obj::state(&kid), Obj::state(&grand)] {
        assert_eq!(state, ObjectState::Persistent);
    }
    assert!(session.contains(&new) && session.contains(&tag));
    // Where it can't be taken in, the session stays as it was.
    let other = db.session();
    let theirs = other.get_one::<Par>(2).unwrap();
    session.expunge(&session.get_one::<Par>(2).unwrap()).unwrap();
    grand.set_par(&theirs).unwrap();
    assert_eq!(code(session.flush()), Code::OtherSession);
    grand.set_par(None).unwrap();
    session.commit().unwrap();
}

#[test]
fn left_out_with_a_warning() {
    for config in
        [SessionConfig::default().unsaved(Unsaved::Warn), SessionConfig::default().like_sqlalchemy(true)]
    {
        let db = shy();
        let session = Session::with_config(&db.engine, config);
        let (one, _) = pars(&session);
        let kid = Kid::builder().into_obj().unwrap();
        kid.set_par(&one).unwrap();
        let inside = session.add(Kid::builder()).unwrap();
        let new = Par::builder().name("new").into_obj().unwrap();
        inside.set_par(&new).unwrap();
        let tag = Tag::builder().into_obj().unwrap();
        tag.pars().append(&one).unwrap();
        session.commit().unwrap();
        assert_eq!(db.rows("SELECT * FROM kid"), "1|NULL\n");
        assert_eq!(db.rows("SELECT count(*) FROM par"), "2\n");
        assert_eq!(db.rows("SELECT * FROM par_tag"), "");
    }
}

/// A rollback took its row, and another one has its key since: that one isn't deleted in its place.
#[test]
fn an_orphan_whose_insertion_was_rolled_back_deletes_no_row() {
    for (like_sqlalchemy, hats) in [(true, ""), (false, "1|'of another'\n")] {
        let db = shy();
        let config = SessionConfig::default().like_sqlalchemy(like_sqlalchemy);
        let session = Session::with_config(&db.engine, config);
        let head = session.add(Head::builder().hat(Hat::builder().name("lost"))).unwrap();
        session.flush().unwrap();
        let hat = head.hat().unwrap().unwrap();
        head.set_hat(None).unwrap();
        session.rollback().unwrap();
        db.run("INSERT INTO hat (id, name) VALUES (1, 'of another')");
        session.add(&head).unwrap();
        assert!(session.contains(&hat));
        session.flush().unwrap();
        assert_eq!(db.rows_in(&session, "SELECT id, name FROM hat"), hats);
        session.commit().unwrap();
        assert_eq!(db.rows("SELECT id, hat_id FROM head"), "1|NULL\n");
        // SQLAlchemy inserts it again.
        assert_eq!(db.rows("SELECT id, name FROM hat"), if like_sqlalchemy { "1|'lost'\n" } else { hats });
        assert_eq!(Obj::state(&hat) == ObjectState::Transient, !like_sqlalchemy);
    }
}
