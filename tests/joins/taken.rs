//! Reverse sides that say only part of what joins the classes, and take the rest from the other side; and what is wrong with
//! two sides, and with what `backref` makes, when they are configured.

use expect_test::expect;
use orm::Collection;
use tests::Db;

/// The reverse side takes the association table, the conditions, and which foreign key it is.
mod school {
    use orm::prelude::*;

    orm::registry!(pub School);

    #[derive(Mapped, Default)]
    #[mapped(registry = School)]
    pub struct Pupil {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = Teacher::id)]
        pub form_id: Option<i64>,
        #[column(foreign_key = Teacher::id)]
        pub tutor_id: Option<i64>,
        pub desk: Option<i64>,
        #[relationship(back_populates = "pupils", foreign_keys = Pupil::form_id)]
        pub form: Option<One<Teacher>>,
        #[relationship(back_populates = "tutored")]
        pub tutor: Option<One<Teacher>>,
        #[relationship(back_populates = "pupils")]
        pub clubs: Many<Club>,
        #[relationship(back_populates = "of", order_by = Pupil::id)]
        pub friends: Many<Pupil>,
        #[relationship(
            back_populates = "friends",
            secondary = Friend,
            primaryjoin = Pupil::id.eq(Friend::to_id),
            secondaryjoin = Pupil::id.eq(Friend::from_id)
        )]
        pub of: Many<Pupil>,
        #[relationship(back_populates = "pupil", primaryjoin = "foreign(Pupil.desk) == Desk.number")]
        pub desk_is: Option<One<Desk>>,
    }

    #[derive(Mapped, Default)]
    #[mapped(registry = School)]
    pub struct Teacher {
        #[column(primary_key)]
        pub id: i64,
        #[relationship(back_populates = "form", order_by = Pupil::id)]
        pub pupils: Many<Pupil>,
        #[relationship(back_populates = "tutor", foreign_keys = Pupil::tutor_id)]
        pub tutored: ManySet<Pupil>,
    }

    #[derive(Mapped, Default)]
    #[mapped(registry = School)]
    pub struct Club {
        #[column(primary_key)]
        pub id: i64,
        #[relationship(secondary = "member", back_populates = "clubs", order_by = Pupil::id)]
        pub pupils: Many<Pupil>,
    }

    #[derive(Table)]
    #[mapped(registry = School)]
    pub struct Member {
        #[column(primary_key, foreign_key = Pupil::id)]
        pub pupil_id: i64,
        #[column(primary_key, foreign_key = Club::id)]
        pub club_id: i64,
    }

    #[derive(Table)]
    #[mapped(registry = School)]
    pub struct Friend {
        #[column(primary_key, foreign_key = Pupil::id)]
        pub from_id: i64,
        #[column(primary_key, foreign_key = Pupil::id)]
        pub to_id: i64,
    }

    #[derive(Mapped, Default)]
    #[mapped(registry = School)]
    pub struct Desk {
        #[column(primary_key)]
        pub id: i64,
        pub number: i64,
        #[relationship(back_populates = "desk_is")]
        pub pupil: Option<One<Pupil>>,
    }
}

fn ids(all: Collection<school::Pupil>) -> Vec<i64> {
    all.iter().unwrap().map(|one| one.id().unwrap()).collect()
}

#[test]
fn what_one_side_says_holds_for_both() {
    use school::*;
    let db = Db::empty();
    School::create_all(&db.engine).unwrap();
    db.run("INSERT INTO teacher VALUES (1), (2)");
    db.run("INSERT INTO pupil VALUES (1, 1, 2, 7), (2, 1, NULL, NULL), (3, 2, 2, NULL)");
    db.run("INSERT INTO club VALUES (1), (2)");
    db.run("INSERT INTO member VALUES (1, 1), (1, 2), (3, 2)");
    db.run("INSERT INTO friend VALUES (1, 2), (1, 3), (3, 1)");
    db.run("INSERT INTO desk VALUES (1, 7), (2, 8)");
    let session = db.session();
    let [first, third] = [1, 3].map(|key| session.get_one::<Pupil>(key).unwrap());
    let [one, two] = [1, 2].map(|key| session.get_one::<Teacher>(key).unwrap());
    db.sql();
    assert_eq!((ids(one.pupils()), ids(two.tutored())), (vec![1, 2], vec![1, 3]));
    assert_eq!(first.clubs().len().unwrap(), 2);
    assert_eq!((ids(first.friends()), ids(first.of())), (vec![2, 3], vec![3]));
    let desk = session.get_one::<Desk>(1).unwrap();
    assert_eq!(desk.pupil().unwrap(), Some(first.clone()));
    expect![[r#"
        SELECT "pupil"."id", "pupil"."form_id", "pupil"."tutor_id", "pupil"."desk" FROM "pupil" WHERE ? = "pupil"."form_id" ORDER BY "pupil"."id" [1]
        SELECT "pupil"."id", "pupil"."form_id", "pupil"."tutor_id", "pupil"."desk" FROM "pupil" WHERE ? = "pupil"."tutor_id" [2]
        SELECT "club"."id" FROM "club", "member" WHERE ? = "member"."pupil_id" AND "club"."id" = "member"."club_id" [1]
        SELECT "pupil"."id", "pupil"."form_id", "pupil"."tutor_id", "pupil"."desk" FROM "pupil", "friend" WHERE ? = "friend"."from_id" AND "pupil"."id" = "friend"."to_id" ORDER BY "pupil"."id" [1]
        SELECT "pupil"."id", "pupil"."form_id", "pupil"."tutor_id", "pupil"."desk" FROM "pupil", "friend" WHERE ? = "friend"."to_id" AND "pupil"."id" = "friend"."from_id" [1]
        SELECT "id", "number" FROM "desk" WHERE "id" = ? [1]
        SELECT "pupil"."id", "pupil"."form_id", "pupil"."tutor_id", "pupil"."desk" FROM "pupil" WHERE "pupil"."desk" = ? [7]
    "#]].assert_eq(&db.sql());

    two.pupils().append(&first).unwrap();
    third.set_tutor(&one).unwrap();
    let club = session.get_one::<Club>(1).unwrap();
    third.clubs().append(&club).unwrap();
    first.friends().remove(&third).unwrap();
    session.get_one::<Desk>(2).unwrap().set_pupil(&third).unwrap();
    assert_eq!((ids(one.tutored()), ids(club.pupils()), ids(third.of())), (vec![3], vec![1, 3], vec![]));
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT * FROM pupil"), "1|2|2|7\n2|1|NULL|NULL\n3|2|1|8\n");
    assert_eq!(db.rows("SELECT * FROM friend ORDER BY 1, 2"), "1|2\n3|1\n");
    assert_eq!(db.rows("SELECT count(*) FROM member"), "4\n");
}

/// Mistakes that only configuration finds.
mod wrong {
    use orm::AnyClass;
    use orm::prelude::*;

    orm::registry!(pub Wrong);

    #[derive(Mapped)]
    #[mapped(registry = Wrong)]
    pub struct Ship {
        #[column(primary_key)]
        pub id: i64,
        pub name: String,
        #[relationship(target = "Sailor", backref = "name")]
        pub crew: Many<AnyClass>,
        #[relationship(
            primaryjoin = Ship::name.eq(Sailor::home.foreign()),
            backref(name = "home_ship", remote_side = Sailor::home)
        )]
        pub guests: Many<Sailor>,
        #[relationship(back_populates = "ship_by_id", primaryjoin = Ship::id.eq(Sailor::watch.foreign()))]
        pub watch: Many<Sailor>,
    }

    #[derive(Mapped)]
    #[mapped(registry = Wrong)]
    pub struct Sailor {
        #[column(primary_key)]
        pub id: i64,
        pub name: String,
        pub home: String,
        pub watch: i64,
        #[column(foreign_key = Ship::id)]
        pub ship_id: i64,
        #[relationship(back_populates = "watch", primaryjoin = Sailor::ship_id.eq(Ship::id))]
        pub ship_by_id: One<Ship>,
        #[relationship(primaryjoin = Sailor::id.foreign().eq(Berth::number), backref = "sailor")]
        pub berth: Option<One<Berth>>,
        #[relationship(primaryjoin = Sailor::id.eq(Berth::number.foreign()), backref = "other")]
        pub other_berth: Option<One<Berth>>,
    }

    #[derive(Mapped)]
    #[mapped(registry = Wrong)]
    pub struct Berth {
        #[column(primary_key)]
        pub id: i64,
        pub number: i64,
    }
}

#[test]
fn mistakes_are_told_when_it_is_configured() {
    let error = wrong::Wrong::configure().unwrap_err();
    let lines: Vec<String> = error.causes().iter().map(|cause| format!("{cause}\n")).collect();
    expect![[r#"
        [bad-option] `Sailor.name`: the class has an attribute of that name already; help: give the `backref` of `Ship.crew` another name, or let both sides say `back_populates`
        [bad-option] `Berth.other`: it leads to one `Sailor` at most, which is no collection; help: write `one` in `backref(...)` of `Sailor.other_berth`
        [bad-option] `Sailor.home_ship`: `remote_side` names `sailor.home`, which isn't one in the condition of `guests`; help: remove `remote_side`: the reverse side follows from `Ship.guests`
        [reverse-side] `Sailor.ship_by_id`: its reverse side `Ship.watch` is joined by other columns; help: say what joins them on one side only, and the other takes it from there
        [reverse-side] `Ship.watch`: its reverse side `Sailor.ship_by_id` is joined by other columns; help: say what joins them on one side only, and the other takes it from there
        [bad-option] `Ship.crew`: it writes `sailor.ship_id`, as `Sailor.ship_by_id` does; help: name each other by `back_populates`, mark one as `viewonly`, or say `overlaps = "ship_by_id"`
    "#]].assert_eq(&lines.concat());
}
