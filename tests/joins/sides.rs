//! The two sides of a relationship: kept in step, or only one way, or not at all; and which relationships write the same
//! columns.

use expect_test::expect;
use orm::Collection;
use orm::prelude::*;
use tests::{Db, warns};

orm::registry!(
    /// These classes.
    pub Sides
);

#[derive(Mapped, Debug)]
#[mapped(table = "team", registry = Sides)]
pub struct Team {
    #[column(primary_key)]
    pub id: i64,
    /// A change of it is made on the other side, not the other way round.
    #[relationship(back_populates = "team", one_way, foreign_keys = Member::team_id)]
    pub members: Many<Member>,
    /// Two sides that leave each other alone.
    #[relationship(back_populates = "guest_of", sync_backref = false, foreign_keys = Member::guest_id)]
    pub guests: Many<Member>,
    /// Read only, and so never changed by the other side.
    #[relationship(
        back_populates = "team_of_leader",
        viewonly,
        primaryjoin = Team::id.eq(Member::team_id).and(Member::leads.eq(true)),
        info = "who to ask"
    )]
    pub leaders: Many<Member>,
}

#[derive(Mapped, Debug)]
#[mapped(table = "member", registry = Sides)]
pub struct Member {
    #[column(primary_key)]
    pub id: i64,
    pub leads: bool,
    #[column(foreign_key = Team::id)]
    pub team_id: Option<i64>,
    #[column(foreign_key = Team::id)]
    pub guest_id: Option<i64>,
    #[relationship(foreign_keys = Member::team_id, active_history)]
    pub team: Option<One<Team>>,
    #[relationship(back_populates = "guests", sync_backref = false, foreign_keys = Member::guest_id)]
    pub guest_of: Option<One<Team>>,
    #[relationship(back_populates = "leaders", foreign_keys = Member::team_id, overlaps = "team, members")]
    pub team_of_leader: Option<One<Team>>,
}

fn sides() -> Db {
    let db = Db::empty();
    Sides::create_all(&db.engine).unwrap();
    db.run("INSERT INTO team VALUES (1), (2)");
    db.run("INSERT INTO member VALUES (1, 1, 1, NULL), (2, 0, 1, NULL)");
    db.sql();
    db
}

fn members(of: Collection<Member>) -> Vec<i64> {
    of.iter().unwrap().map(|member| member.id().unwrap()).collect()
}

/// A collection that leads one way changes the other side, and isn't changed by it until it is loaded again.
#[test]
fn one_way() {
    let db = sides();
    let session = db.session();
    let [one, two] = [1, 2].map(|key| session.get::<Team>(key).unwrap().unwrap());
    let [ann, bob] = [1, 2].map(|key| session.get::<Member>(key).unwrap().unwrap());
    assert_eq!((members(one.members()), members(two.members())), (vec![1, 2], vec![]));
    two.members().append(&ann).unwrap();
    assert_eq!(ann.team().unwrap(), Some(two.clone()));
    bob.set_team(Some(&two)).unwrap();
    assert_eq!((members(one.members()), members(two.members())), (vec![1, 2], vec![1]));
    db.sql();
    session.commit().unwrap();
    expect![[r#"
        UPDATE "member" SET "team_id" = ? WHERE "id" = ? [2, 1]
        UPDATE "member" SET "team_id" = ? WHERE "id" = ? [2, 2]
    "#]]
    .assert_eq(&db.sql());
    assert_eq!((members(one.members()), members(two.members())), (vec![], vec![1, 2]));
}

/// Two sides that aren't kept in step are both written, and both are right when they are loaded again.
#[test]
fn not_in_step() {
    let db = sides();
    let session = db.session();
    let one = session.get::<Team>(1).unwrap().unwrap();
    let [ann, bob] = [1, 2].map(|key| session.get::<Member>(key).unwrap().unwrap());
    one.guests().append(&ann).unwrap();
    assert_eq!(ann.guest_of().unwrap(), None);
    bob.set_guest_of(Some(&one)).unwrap();
    assert_eq!(members(one.guests()), [1]);
    db.sql();
    session.commit().unwrap();
    expect![[r#"
        UPDATE "member" SET "guest_id" = ? WHERE "id" = ? [1, 1]
        UPDATE "member" SET "guest_id" = ? WHERE "id" = ? [1, 2]
    "#]]
    .assert_eq(&db.sql());
    assert_eq!((members(one.guests()), ann.guest_of().unwrap()), (vec![1, 2], Some(one.clone())));
}

/// What is only read isn't changed by its reverse side, nor the other way round.
#[test]
fn a_side_that_is_only_read() {
    let db = sides();
    let session = db.session();
    let [one, two] = [1, 2].map(|key| session.get::<Team>(key).unwrap().unwrap());
    let ann = session.get::<Member>(1).unwrap().unwrap();
    assert_eq!((members(one.leaders()), members(two.leaders())), (vec![1], vec![]));
    ann.set_team_of_leader(Some(&two)).unwrap();
    assert_eq!((members(one.leaders()), members(two.leaders())), (vec![1], vec![]));
    session.commit().unwrap();
    assert_eq!((members(one.leaders()), members(two.leaders())), (vec![], vec![1]));
    let leaders = Sides::mapper("Team").unwrap().relation_named("leaders").unwrap();
    assert_eq!((leaders.info(), leaders.is_viewonly()), (Some("who to ask"), true));
}

/// What a to-one relationship led to is loaded when it is replaced, where it says so.
#[test]
fn what_was_there_is_loaded() {
    let db = sides();
    let config = orm::SessionConfig::default().active_history(false);
    let session = Session::with_config(&db.engine, config);
    let ann = session.get::<Member>(1).unwrap().unwrap();
    db.sql();
    ann.set_guest_of(None).unwrap();
    assert_eq!(db.sql(), "");
    ann.set_team(None).unwrap();
    expect![[r#"
        SELECT "id" FROM "team" WHERE "id" = ? [1]
    "#]]
    .assert_eq(&db.sql());
}

mod alike {
    use orm::prelude::*;

    orm::registry!(
        /// Two relationships that write one column.
        pub Alike
    );

    #[derive(Mapped, Debug)]
    #[mapped(registry = Alike)]
    pub struct Owner {
        #[column(primary_key)]
        pub id: i64,
        pub pets: Many<Pet>,
        #[relationship(omit_join = false, overlaps = "pets, keeper, owner")]
        pub animals: Many<Pet>,
    }

    #[derive(Mapped, Debug)]
    #[mapped(registry = Alike)]
    pub struct Pet {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = Owner::id)]
        pub owner_id: i64,
        #[relationship(overlaps = "pets")]
        pub owner: One<Owner>,
        #[relationship(overlaps = "pets, owner")]
        pub keeper: One<Owner>,
    }

    orm::registry!(
        /// A name that means nothing.
        pub Misnamed
    );

    #[derive(Mapped, Debug)]
    #[mapped(registry = Misnamed)]
    pub struct Shelf {
        #[column(primary_key)]
        pub id: i64,
        #[relationship(overlaps = "shelv, id")]
        pub books: Many<Book>,
    }

    #[derive(Mapped, Debug)]
    #[mapped(registry = Misnamed)]
    pub struct Book {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = Shelf::id)]
        pub shelf_id: i64,
        pub shelf: One<Shelf>,
    }
}

#[test]
fn what_writes_the_same_column() {
    let error = warns(expect![""], || alike::Misnamed::configure().unwrap_err());
    let mut lines: Vec<String> = error.causes().iter().map(ToString::to_string).collect();
    lines.sort();
    expect![[r#"
        [bad-option] `Shelf.books`: `overlaps` names `id`, which writes none of its columns; help: remove it
        [bad-option] `Shelf.books`: `overlaps` names `shelv`, which writes none of its columns; help: did you mean `shelf`?
        [bad-option] `Shelf.books`: it writes `book.shelf_id`, as `Book.shelf` does; help: name each other by `back_populates`, mark one as `viewonly`, or say `overlaps = "shelf"`
    "#]].assert_eq(&(lines.join("\n") + "\n"));
}

/// A join that has to stay stays.
#[test]
fn a_join_is_kept() {
    let db = Db::empty();
    alike::Alike::create_all(&db.engine).unwrap();
    db.run("INSERT INTO owner VALUES (1)");
    db.sql();
    let session = db.session();
    session.scalars(select(alike::Owner).options(selectin(alike::Owner::animals))).unwrap().all().unwrap();
    expect![[r#"
        SELECT "owner"."id" FROM "owner"
        SELECT "pet"."id", "pet"."owner_id", "owner_1"."id" FROM "owner" AS "owner_1" JOIN "pet" ON "owner_1"."id" = "pet"."owner_id" WHERE "owner_1"."id" IN (SELECT +value FROM json_each(?)) ['[1]']
    "#]].assert_eq(&db.sql());
}

mod inactive {
    /// A reference and the collection of the other side; what stands on the reference.
    macro_rules! classes {
        ($($name:ident: [$($option:tt)*];)*) => {
            $(pub mod $name {
                use orm::prelude::*;

                orm::registry!(pub Mail);

                #[derive(Mapped)]
                #[mapped(registry = Mail)]
                pub struct User {
                    #[column(primary_key)]
                    pub id: i64,
                    #[relationship(back_populates = "user")]
                    pub addresses: Many<Address>,
                }

                #[derive(Mapped)]
                #[mapped(registry = Mail)]
                pub struct Address {
                    #[column(primary_key)]
                    pub id: i64,
                    #[column(foreign_key = User::id)]
                    pub user_id: Option<i64>,
                    #[relationship(back_populates = "addresses", $($option)*)]
                    pub user: Option<One<User>>,
                }
            })*
        };
    }

    classes! {
        plain: [];
        raising: [lazy = "raise"];
        active: [active_history];
        active_raising: [active_history, lazy = "raise"];
    }
}

/// Taking a reference away asks for nothing that can't be loaded, in a session or outside of one, itself or by the other side;
/// unless it says that what was there has to be known.
#[test]
fn what_was_there_and_can_not_be_loaded() {
    macro_rules! taken_away {
        ($name:ident, $detached:literal, $backref:literal) => {{
            use inactive::$name::*;
            let db = Db::empty();
            Mail::create_all(&db.engine).unwrap();
            let session =
                Session::with_config(&db.engine, orm::SessionConfig::default().active_history(false));
            let address = session.add(Address::builder().user(User::builder())).unwrap();
            session.commit().unwrap();
            let user = session.get_one::<User>(1).unwrap();
            session.refresh(&address).unwrap();
            if $backref {
                user.addresses().len().unwrap();
            }
            if $detached {
                session.expunge(&address).unwrap();
            }
            db.sql();
            let taken = if $backref { user.addresses().clear() } else { address.set_user(None) };
            let told = match taken {
                Ok(()) => {
                    if $detached {
                        session.add(&address).unwrap();
                    }
                    let told = format!("{} statements, ", db.statements());
                    session.commit().unwrap();
                    told + db.rows("SELECT user_id FROM address").trim()
                }
                Err(error) => error.code().to_string(),
            };
            // The other object needn't be loaded for the deletion either.
            if !told.contains("load") && !told.contains("detached") {
                session.delete(&address).unwrap();
                session.commit().unwrap();
                assert_eq!(db.rows("SELECT id FROM address UNION ALL SELECT id FROM user"), "1\n");
            }
            format!("{} detached={} backref={}: {told}\n", stringify!($name), $detached, $backref)
        }};
    }
    macro_rules! each {
        ($($name:ident)*) => {
            [$(
                taken_away!($name, false, false),
                taken_away!($name, true, false),
                taken_away!($name, false, true),
                taken_away!($name, true, true),
            )*]
        };
    }
    expect![[r#"
        plain detached=false backref=false: 0 statements, NULL
        plain detached=true backref=false: 0 statements, NULL
        plain detached=false backref=true: 0 statements, NULL
        plain detached=true backref=true: 0 statements, NULL
        raising detached=false backref=false: 0 statements, NULL
        raising detached=true backref=false: 0 statements, NULL
        raising detached=false backref=true: 0 statements, NULL
        raising detached=true backref=true: 0 statements, NULL
        active detached=false backref=false: 0 statements, NULL
        active detached=true backref=false: detached
        active detached=false backref=true: 0 statements, NULL
        active detached=true backref=true: detached
        active_raising detached=false backref=false: raise-on-load
        active_raising detached=true backref=false: raise-on-load
        active_raising detached=false backref=true: raise-on-load
        active_raising detached=true backref=true: raise-on-load
    "#]]
    .assert_eq(&each!(plain raising active active_raising).concat());
}
