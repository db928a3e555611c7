//! What listeners do to a session while it flushes, and errors of flushes that nobody asked for.

use expect_test::expect;
use orm::prelude::*;
use orm::{Code, Listeners, ObjectState, SessionEvents};
use tests::{Db, Report, code, show, warns};

orm::registry!(
    /// Classes that are listened to.
    pub Office
);

#[derive(Mapped)]
#[mapped(registry = Office, listen = Boss::listen)]
pub struct Boss {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[relationship(back_populates = "boss", cascade = "all", order_by = Aide::id)]
    pub aides: Many<Aide>,
}

#[derive(Mapped)]
#[mapped(registry = Office)]
pub struct Aide {
    #[column(primary_key)]
    pub id: i64,
    pub email: String,
    #[column(foreign_key = Boss::id)]
    pub boss_id: Option<i64>,
    #[relationship(back_populates = "aides", cascade = "all")]
    pub boss: Option<One<Boss>>,
}

impl Boss {
    fn listen(on: &mut Listeners<'_, Boss>) {
        on.after_insert(|boss| {
            let session = Obj::session(boss).unwrap();
            let first = || Ok::<_, orm::Error>(boss.aides().get(0)?.expect("there is one"));
            let new = || Aide::builder().email("x1");
            match boss.name()?.as_str() {
                "append" => boss.aides().append(new()).map(drop),
                "remove" => boss.aides().remove(&first()?),
                "move" => first()?.set_boss(Boss::builder().name("u2")),
                "endless" => first()?.set_boss(Boss::builder().name("endless")),
                "unset" => first()?.set_boss(None),
                "add" => session.add(new()).map(drop),
                "merge" => session.merge(new()).map(drop),
                "delete" => session.delete(&session.add(new())?),
                _ => Ok(()),
            }
        });
        on.after_update(|boss| match boss.name()?.as_str() {
            "3" => {
                let session = Obj::session(boss).unwrap();
                session.objects().iter().try_for_each(|one| one.set("name", &"5".into()))
            }
            _ => Ok(()),
        });
    }
}

fn office() -> (Db, Session) {
    let db = Db::empty();
    Office::create_all(&db.engine).unwrap();
    let session = db.session();
    (db, session)
}

/// What a listener adds while rows are written is written by the next flush of the commit. A relationship of an object of
/// the flush is written as far as the flush finds it, as in SQLAlchemy, and with a warning.
#[test]
fn what_listeners_change_while_rows_are_written() {
    let mut report = Report::default();
    for name in ["append", "remove", "move", "unset", "add", "merge", "delete"] {
        let (db, session) = office();
        session.add(Boss::builder().name(name).aides([Aide::builder().email("a1")])).unwrap();
        let expected = match name {
            "append" | "remove" => expect![[r#"
                WARN orm::flush message=a relationship is changed while a flush writes its object object=Boss(new) attribute="aides"
            "#]],
            "move" | "unset" => expect![[r#"
                WARN orm::flush message=a relationship is changed while a flush writes its object object=Aide(new) attribute="boss"
            "#]],
            _ => expect![""],
        };
        match warns(expected, || session.commit()) {
            Ok(()) => report.line(format_args!(
                "{name}: {} | {}",
                db.rows("SELECT id, name FROM boss").trim().replace('\n', " "),
                db.rows("SELECT id, email, boss_id FROM aide").trim().replace('\n', " "),
            )),
            Err(error) => report.line(format_args!("{name}: {error}")),
        }
    }
    expect![[r#"
        append: 1|'append' | 1|'a1'|1 2|'x1'|1
        remove: 1|'remove' | 1|'a1'|1
        move: 1|'move' 2|'u2' | 1|'a1'|2
        unset: 1|'unset' | 1|'a1'|1
        add: 1|'add' | 1|'a1'|1 2|'x1'|NULL
        merge: 1|'merge' | 1|'a1'|1 2|'x1'|NULL
        delete: [wrong-state] `Aide`: Aide(new) has no row; help: expunge an object that was never flushed
    "#]]
    .assert_eq(report.text());
}

/// Listeners that bring in more with each flush end.
#[test]
fn listeners_that_never_come_to_an_end() {
    let (_db, session) = office();
    session.add(Boss::builder().name("endless").aides([Aide::builder().email("a1")])).unwrap();
    assert_eq!(code(session.commit()), Code::Flush);
}

/// What is set of objects that aren't in the flush isn't written, as in SQLAlchemy, which warns too.
#[test]
fn a_listener_changes_other_objects() {
    let (db, session) = office();
    let bosses = session.add_all(["1", "2"].map(|name| Boss::builder().name(name))).unwrap();
    session.commit().unwrap();
    bosses[1].name().unwrap();
    bosses[0].set_name("3").unwrap();
    warns(
        expect![[r#"
        WARN orm::flush message=what was set while a flush ran isn't written object=Boss#2
    "#]],
        || session.flush().unwrap(),
    );
    assert!(!session.is_dirty());
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT name FROM boss"), "'3'\n'2'\n");
}

/// An object of a new row that a listener loads before the session has it at its place gives way to the one that was added.
#[test]
fn a_listener_loads_the_row_that_is_being_inserted() {
    let (_db, session) = office();
    let boss = session.add(Boss::builder().name("b").aides([Aide::builder().email("e1")])).unwrap();
    session.flush().unwrap();
    session.expire_all().unwrap();
    session.listen(SessionEvents::new().after_flush(|session| {
        for boss in session.scalars(select(Boss))?.all()? {
            boss.aides().len()?;
        }
        Ok(())
    }));
    let new = session.add(Aide::builder().email("e2").boss(&boss)).unwrap();
    warns(expect![""], || session.flush().unwrap());
    assert!(session.contains(&new));
    assert_eq!(session.get_one::<Aide>(2).unwrap(), new);
}

/// Both ways say `all`: whatever is reached leaves.
#[test]
fn a_cascade_in_both_directions() {
    let (_db, session) = office();
    let boss =
        session.add(Boss::builder().name("b").aides(["x", "y"].map(|e| Aide::builder().email(e)))).unwrap();
    session.commit().unwrap();
    let aides: Vec<_> = boss.aides().iter().unwrap().collect();
    for aide in &aides {
        assert_eq!(aide.boss().unwrap().as_ref(), Some(&boss));
    }
    session.expunge(&boss).unwrap();
    assert_eq!(Obj::session(&boss), None);
    assert!(
        aides.iter().all(|aide| Obj::state(aide) == ObjectState::Detached && Obj::session(aide).is_none())
    );
    session.add(&aides[0]).unwrap();
    assert!(session.contains(&boss) && session.contains(&aides[1]));
}

/// A query that flushes first fails as the flush does, and says whence it comes.
#[test]
fn an_autoflush_fails() {
    let (_db, session) = office();
    let boss = session.add(Boss::builder().name("b")).unwrap();
    session.commit().unwrap();
    boss.aides().append(Aide::builder()).unwrap();
    expect!["[integrity] `Aide.email`: NOT NULL constraint failed: aide.email"]
        .assert_eq(&show(session.scalars(select(Boss)).unwrap().all()));
    session.rollback().unwrap();
    boss.aides().append(Aide::builder()).unwrap();
    assert_eq!(session.no_autoflush(|session| session.scalars(select(Boss))?.count()).unwrap(), 1);
    assert_eq!(code(session.flush()), Code::Integrity);
}
