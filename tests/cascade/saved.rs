//! Who comes into a session with whom: along the side that says `save-update`, from the side that is changed. What stays outside
//! is left out by a flush that is told to, and isn't there when it is read again.

use expect_test::expect;
use orm::prelude::*;
use orm::{Code, Collection, IntoObj, SessionConfig, Unsaved};
use tests::{Db, code};

orm::registry!(
    /// These classes.
    pub Saved
);

/// It leads to children in every way: with a reverse side and without one, saying the word and not.
#[derive(Mapped)]
#[mapped(registry = Saved)]
struct Parent {
    #[column(primary_key)]
    id: i64,
    #[relationship(foreign_keys = Child::alone, overlaps = "parent_alone")]
    saves: Many<Child>,
    #[relationship(foreign_keys = Child::alone, cascade = "none", overlaps = "saves, parent_alone")]
    leaves: Many<Child>,
    #[relationship(back_populates = "saved_by", foreign_keys = Child::one)]
    saves_and_saved: Many<Child>,
    #[relationship(back_populates = "not_saving", foreign_keys = Child::two)]
    only_saves: Many<Child>,
    #[relationship(back_populates = "saving", foreign_keys = Child::three, cascade = "none")]
    only_saved: Many<Child>,
    #[relationship(back_populates = "keyed_by", foreign_keys = Child::four, key = Child::word)]
    keyed: ManyMap<String, Child>,
    #[relationship(back_populates = "set_by", foreign_keys = Child::five)]
    set: ManySet<Child>,
    #[relationship(secondary = "saved_link", overlaps = "leaves_links, linked, linked_only_saves")]
    saves_links: Many<Tag>,
    #[relationship(
        secondary = "saved_link",
        cascade = "none",
        overlaps = "saves_links, linked, linked_only_saves"
    )]
    leaves_links: Many<Tag>,
    #[relationship(
        secondary = "saved_link",
        back_populates = "linked",
        overlaps = "saves_links, leaves_links, only_saved_tags"
    )]
    tags: Many<Tag>,
    #[relationship(
        secondary = "saved_link",
        back_populates = "linked_only_saves",
        cascade = "none",
        overlaps = "saves_links, leaves_links, tags, linked"
    )]
    only_saved_tags: Many<Tag>,
}

#[derive(Mapped)]
#[mapped(registry = Saved)]
struct Child {
    #[column(primary_key)]
    id: i64,
    #[column(default = "w")]
    word: String,
    #[column(foreign_key = Parent::id)]
    alone: Option<i64>,
    #[column(foreign_key = Parent::id)]
    one: Option<i64>,
    #[column(foreign_key = Parent::id)]
    two: Option<i64>,
    #[column(foreign_key = Parent::id)]
    three: Option<i64>,
    #[column(foreign_key = Parent::id)]
    four: Option<i64>,
    #[column(foreign_key = Parent::id)]
    five: Option<i64>,
    #[relationship(foreign_keys = Child::alone, overlaps = "saves, leaves")]
    parent_alone: Option<One<Parent>>,
    #[relationship(foreign_keys = Child::alone, cascade = "none", overlaps = "saves, leaves, parent_alone")]
    parent_left: Option<One<Parent>>,
    #[relationship(back_populates = "saves_and_saved", foreign_keys = Child::one)]
    saved_by: Option<One<Parent>>,
    #[relationship(back_populates = "only_saves", foreign_keys = Child::two, cascade = "none")]
    not_saving: Option<One<Parent>>,
    #[relationship(back_populates = "only_saved", foreign_keys = Child::three)]
    saving: Option<One<Parent>>,
    #[relationship(back_populates = "keyed", foreign_keys = Child::four)]
    keyed_by: Option<One<Parent>>,
    #[relationship(back_populates = "set", foreign_keys = Child::five)]
    set_by: Option<One<Parent>>,
}

#[derive(Mapped)]
#[mapped(registry = Saved)]
struct Tag {
    #[column(primary_key)]
    id: i64,
    #[relationship(
        secondary = "saved_link",
        back_populates = "tags",
        overlaps = "saves_links, leaves_links, only_saved_tags"
    )]
    linked: Many<Parent>,
    #[relationship(
        secondary = "saved_link",
        back_populates = "only_saved_tags",
        overlaps = "saves_links, leaves_links, tags, linked"
    )]
    linked_only_saves: Many<Parent>,
}

#[derive(Table)]
#[mapped(registry = Saved, table = "saved_link")]
struct SavedLink {
    #[column(primary_key, foreign_key = Parent::id)]
    parent_id: i64,
    #[column(primary_key, foreign_key = Tag::id)]
    tag_id: i64,
}

fn saved(unsaved: Unsaved) -> (Db, Session) {
    let db = Db::empty();
    Saved::create_all(&db.engine).unwrap();
    let session = Session::with_config(&db.engine, SessionConfig::default().unsaved(unsaved));
    (db, session)
}

fn parent() -> Obj<Parent> {
    Parent::builder().into_obj().unwrap()
}

fn child() -> Obj<Child> {
    Child::builder().into_obj().unwrap()
}

fn tag() -> Obj<Tag> {
    Tag::builder().into_obj().unwrap()
}

/// How the object that stays outside stands before.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Stand {
    /// In no session, never written.
    New,
    /// Written, and taken out of the session before.
    Detached,
    /// Written, and taken out of the session after it was related.
    Expunged,
}

/// What becomes of two objects of which the one inside is added after they were related, or before.
macro_rules! outcomes {
    ($inside:expr, $outside:expr, $relate:expr, $count:expr) => {{
        let mut told = Vec::new();
        for stand in [Stand::New, Stand::Detached, Stand::Expunged] {
            for unsaved in [Unsaved::Error, Unsaved::Warn] {
                let (db, session) = saved(unsaved);
                let (inside, outside) = ($inside, $outside);
                if stand != Stand::New {
                    session.add(&outside).unwrap();
                    session.commit().unwrap();
                    outside.id().unwrap();
                }
                if stand == Stand::Detached {
                    session.expunge(&outside).unwrap();
                }
                if stand == Stand::Expunged {
                    session.add(&inside).unwrap();
                }
                session.no_autoflush(|_| $relate(&inside, &outside));
                if stand == Stand::Expunged {
                    session.expunge(&outside).unwrap();
                }
                session.add(&inside).unwrap();
                let comes = session.contains(&outside);
                let flushed = session.commit();
                if unsaved == Unsaved::Error && !comes {
                    assert_eq!(code(flushed), Code::Unsaved, "{stand:?}");
                    continue;
                }
                flushed.unwrap();
                let related: usize = $count(&inside);
                let state = if comes { "comes" } else { "stays outside" };
                let text = format!("{stand:?}: {state}, {related} when it is read again\n");
                if !told.contains(&text) {
                    told.push(text);
                }
                drop(db);
            }
        }
        told.concat()
    }};
}

fn put<T: orm::Live>(collection: &Collection<T>, item: &Obj<T>) {
    collection.append(item).unwrap();
}

fn count<T: orm::Live>(collection: &Collection<T>) -> usize {
    collection.len().unwrap()
}

fn one<T: orm::Live>(one: orm::Result<Option<Obj<T>>>) -> usize {
    usize::from(one.unwrap().is_some())
}

#[test]
fn with_a_collection() {
    let said =
        outcomes!(parent(), child(), |p: &Obj<Parent>, c| put(&p.saves(), c), |p: &Obj<Parent>| count(
            &p.saves()
        ));
    expect![[r#"
        New: comes, 1 when it is read again
        Detached: comes, 1 when it is read again
        Expunged: comes, 1 when it is read again
    "#]]
    .assert_eq(&said);
    let not =
        outcomes!(parent(), child(), |p: &Obj<Parent>, c| put(&p.leaves(), c), |p: &Obj<Parent>| count(
            &p.leaves()
        ));
    expect![[r#"
        New: stays outside, 0 when it is read again
        Detached: stays outside, 0 when it is read again
        Expunged: stays outside, 0 when it is read again
    "#]]
    .assert_eq(&not);
    let other =
        outcomes!(parent(), child(), |p: &Obj<Parent>, c| put(&p.only_saved(), c), |p: &Obj<Parent>| count(
            &p.only_saved()
        ));
    assert_eq!(other, not, "the word of the other side is about the other direction");
}

#[test]
fn with_a_reference() {
    let said =
        outcomes!(child(), parent(), |c: &Obj<Child>, p| c.set_parent_alone(p).unwrap(), |c: &Obj<Child>| {
            one(c.parent_alone())
        });
    expect![[r#"
        New: comes, 1 when it is read again
        Detached: comes, 1 when it is read again
        Expunged: comes, 1 when it is read again
    "#]]
    .assert_eq(&said);
    let not = outcomes!(child(), parent(), |c: &Obj<Child>, p| c.set_parent_left(p).unwrap(), |c: &Obj<
        Child,
    >| one(
        c.parent_left()
    ));
    expect![[r#"
        New: stays outside, 0 when it is read again
        Detached: stays outside, 0 when it is read again
        Expunged: stays outside, 0 when it is read again
    "#]]
    .assert_eq(&not);
    let other =
        outcomes!(child(), parent(), |c: &Obj<Child>, p| c.set_not_saving(p).unwrap(), |c: &Obj<Child>| one(
            c.not_saving()
        ));
    assert_eq!(other, not);
}

#[test]
fn with_links() {
    let said =
        outcomes!(parent(), tag(), |p: &Obj<Parent>, t| put(&p.saves_links(), t), |p: &Obj<Parent>| count(
            &p.saves_links()
        ));
    expect![[r#"
        New: comes, 1 when it is read again
        Detached: comes, 1 when it is read again
        Expunged: comes, 1 when it is read again
    "#]]
    .assert_eq(&said);
    let not =
        outcomes!(parent(), tag(), |p: &Obj<Parent>, t| put(&p.leaves_links(), t), |p: &Obj<Parent>| count(
            &p.leaves_links()
        ));
    expect![[r#"
        New: stays outside, 0 when it is read again
        Detached: stays outside, 0 when it is read again
        Expunged: stays outside, 0 when it is read again
    "#]]
    .assert_eq(&not);
    let other =
        outcomes!(parent(), tag(), |p: &Obj<Parent>, t| put(&p.only_saved_tags(), t), |p: &Obj<Parent>| {
            count(&p.only_saved_tags())
        });
    assert_eq!(other, not);
}

/// The side that is changed brings the other object in, not the side that is kept in step.
#[test]
fn a_reverse_side_brings_nobody_in() {
    let (_, session) = saved(Unsaved::Error);
    let (p, t) = session.add_all((parent(), tag())).unwrap();
    let c = child();
    c.set_saved_by(&p).unwrap();
    assert!(p.saves_and_saved().contains(&c).unwrap() && !session.contains(&c));
    let c = child();
    c.set_not_saving(&p).unwrap();
    assert!(!session.contains(&c));
    let new = tag();
    new.linked().append(&p).unwrap();
    assert!(p.tags().contains(&new).unwrap() && !session.contains(&new));
    let new = parent();
    new.tags().append(&t).unwrap();
    assert!(!session.contains(&new));
    let (new, c) = (parent(), session.add(child()).unwrap());
    new.saves_and_saved().append(&c).unwrap();
    assert!(!session.contains(&new));
    new.only_saves().append(&c).unwrap();
    assert!(!session.contains(&new));
    assert_eq!(code(session.commit()), Code::Unsaved);
}

/// Whatever puts it into a collection brings it in, also where the other side has put it there before.
#[test]
fn what_is_put_in_by_each_method_comes() {
    type Put = fn(&Obj<Parent>, &[Obj<Child>; 2]) -> orm::Result<()>;
    let list: [Put; 5] = [
        |p, all| all.iter().try_for_each(|one| p.saves_and_saved().append(one).map(drop)),
        |p, all| all.iter().try_for_each(|one| p.saves_and_saved().insert(0, one).map(drop)),
        |p, all| p.saves_and_saved().extend(all),
        |p, all| p.saves_and_saved().replace(all),
        |p, all| p.set_saves_and_saved(all.clone()),
    ];
    let set: [Put; 2] = [
        |p, all| all.iter().try_for_each(|one| p.set().append(one).map(drop)),
        |p, all| p.set_set(all.clone()),
    ];
    let keyed: [Put; 4] = [
        |p, all| all.iter().try_for_each(|one| p.keyed().insert(one).map(drop)),
        |p, all| p.keyed().extend(all),
        |p, all| p.keyed().replace(all),
        |p, all| p.set_keyed(all.clone()),
    ];
    type Lead = fn(&Obj<Child>, &Obj<Parent>) -> orm::Result<()>;
    let kinds: [(&[Put], Lead); 3] = [
        (&list, |c, p| c.set_saved_by(p)),
        (&set, |c, p| c.set_set_by(p)),
        (&keyed, |c, p| c.set_keyed_by(p)),
    ];
    for (puts, lead) in kinds {
        for (at, put) in puts.iter().enumerate() {
            let (_, session) = saved(Unsaved::Warn);
            let p = session.add(parent()).unwrap();
            let [one, two, three] =
                ["one", "two", "three"].map(|word| Child::builder().word(word).into_obj().unwrap());
            lead(&one, &p).unwrap();
            lead(&three, &p).unwrap();
            assert!(!session.contains(&one) && !session.contains(&three));
            put(&p, &[one.clone(), two.clone()]).unwrap();
            assert!(session.contains(&one) && session.contains(&two), "{at}");
            assert!(!session.contains(&three), "{at}");
        }
    }
}
