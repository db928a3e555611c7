//! A child that moves to another parent, in the flush that deletes the old one or not: whatever the relationships say of
//! deletions, it goes with the parent that it has then. What SQLAlchemy saves with the new parent, though a cascade has marked it,
//! it deletes with the next flush.

use tests::Db;

/// A parent and a child, with what is said of the relationships between them, and how a parent gets the child.
macro_rules! families {
    ($($name:ident: { $($parent:tt)* } { $($child:tt)* } $put:expr;)*) => {
        $(mod $name {
            use orm::prelude::*;
            use orm::{IntoObj, SessionConfig};

            orm::registry!(pub Family);

            #[derive(Mapped)]
            #[mapped(registry = Family)]
            pub struct Parent {
                #[column(primary_key)]
                pub id: i64,
                $($parent)*
            }

            #[derive(Mapped)]
            #[mapped(registry = Family)]
            pub struct Child {
                #[column(primary_key)]
                pub id: i64,
                #[column(foreign_key = Parent::id)]
                pub parent_id: i64,
                $($child)*
            }

            pub fn moves(db: &super::Db, delete_old: bool, like_sqlalchemy: bool) {
                Family::create_all(&db.engine).unwrap();
                let config = SessionConfig::default().like_sqlalchemy(like_sqlalchemy).autoflush(false);
                let session = Session::with_config(&db.engine, config);
                let child = Child::builder().into_obj().unwrap();
                let (one, two) = (Parent::builder().into_obj().unwrap(), Parent::builder().into_obj().unwrap());
                let put: fn(&Obj<Parent>, &Obj<Child>) -> orm::Result<()> = $put;
                put(&one, &child).unwrap();
                session.add(&one).unwrap();
                session.add(&child).unwrap();
                session.flush().unwrap();
                if delete_old {
                    session.delete(&one).unwrap();
                }
                put(&two, &child).unwrap();
                session.add(&two).unwrap();
                session.flush().unwrap();
                let found = session.scalars(select(Child).filter(Child::parent_id.eq(2))).unwrap().all().unwrap();
                assert_eq!(found, [child]);
                session.commit().unwrap();
            }
        })*

        /// Each family by its name.
        const FAMILIES: &[(&str, fn(&Db, bool, bool))] = &[$((stringify!($name), $name::moves)),*];
    };
}

/// Where the deletion of the parent reaches the child.
const IS_MARKED: [&str; 3] = ["deleted", "orphan", "orphan_of_both_sides"];

/// Where the parent can't be without its child.
const IS_PARENT_OF_ITS_PARENT: [&str; 2] = ["orphan_of_the_child", "orphan_of_children"];

families! {
    one: { #[relationship] pub child: Option<One<Child>>, } {} |parent, child| parent.set_child(child);
    many: { #[relationship] pub child: Many<Child>, } {} |parent, child| parent.child().append(child).map(drop);
    both_sides: { #[relationship(back_populates = "parent")] pub child: Option<One<Child>>, }
        { #[relationship(back_populates = "child")] pub parent: One<Parent>, }
        |parent, child| parent.set_child(child);
    deleted: { #[relationship(cascade = "all, delete")] pub child: Option<One<Child>>, } {}
        |parent, child| parent.set_child(child);
    orphan: { #[relationship(cascade = "all, delete, delete-orphan")] pub child: Option<One<Child>>, } {}
        |parent, child| parent.set_child(child);
    orphan_of_both_sides:
        { #[relationship(back_populates = "parent", cascade = "all, delete-orphan")] pub child: Option<One<Child>>, }
        { #[relationship(back_populates = "child")] pub parent: One<Parent>, }
        |parent, child| parent.set_child(child);
    orphan_of_the_child: { #[relationship(back_populates = "parent")] pub child: Option<One<Child>>, }
        { #[relationship(back_populates = "child", cascade = "all, delete-orphan", single_parent)]
          pub parent: One<Parent>, }
        |parent, child| parent.set_child(child);
    orphan_of_children: { #[relationship(back_populates = "parent")] pub child: Many<Child>, }
        { #[relationship(back_populates = "child", cascade = "all, delete-orphan", single_parent)]
          pub parent: One<Parent>, }
        |parent, child| parent.child().append(child).map(drop);
}

#[test]
fn it_goes_with_the_parent_that_it_has() {
    for (delete_old, like_sqlalchemy) in [(true, false), (false, false), (true, true), (false, true)] {
        for (name, moves) in FAMILIES {
            let db = Db::empty();
            moves(&db, delete_old, like_sqlalchemy);
            let is_lost = like_sqlalchemy && delete_old && IS_MARKED.contains(name);
            let is_orphan = IS_PARENT_OF_ITS_PARENT.contains(name);
            let parents = if delete_old || is_orphan { "2\n" } else { "1\n2\n" };
            let children = if is_lost { "" } else { "1|2\n" };
            assert_eq!(db.rows("SELECT id FROM parent"), parents, "{name}");
            assert_eq!(db.rows("SELECT id, parent_id FROM child"), children, "{name}");
        }
    }
}

/// So it does where the old parent holds the foreign key: the flush that deletes that one leaves alone what another one holds by
/// now. In SQLAlchemy it is deleted with the old one.
#[test]
fn what_another_holder_has_by_now_stays() {
    use holders::*;
    use orm::prelude::*;
    for like_sqlalchemy in [false, true] {
        let db = Db::empty();
        Holders::create_all(&db.engine).unwrap();
        let config = orm::SessionConfig::default().like_sqlalchemy(like_sqlalchemy);
        let session = Session::with_config(&db.engine, config);
        let one = session.add(Holder::builder().thing(Thing::builder())).unwrap();
        let two = session.add(Holder::builder()).unwrap();
        session.commit().unwrap();
        let thing = one.thing().unwrap().unwrap();
        let savepoint = session.begin_nested().unwrap();
        one.set_thing(None).unwrap();
        two.set_thing(&thing).unwrap();
        session.delete(&one).unwrap();
        savepoint.commit().unwrap();
        session.commit().unwrap();
        let (holders, things) = if like_sqlalchemy { ("2|NULL\n", "") } else { ("2|1\n", "1\n") };
        assert_eq!(db.rows("SELECT id, thing_id FROM holder"), holders);
        assert_eq!(db.rows("SELECT id FROM thing"), things);
        // What nobody holds any more goes.
        two.set_thing(None).unwrap();
        session.delete(&two).unwrap();
        session.commit().unwrap();
        assert_eq!(db.rows("SELECT id FROM thing"), "");
    }
}

/// One of a list of rows that lead to each other is taken out: the next one comes to the one before.
#[test]
fn one_of_a_linked_list_is_taken_out() {
    use holders::*;
    let db = Db::empty();
    Holders::create_all(&db.engine).unwrap();
    let session = db.session();
    let link = |number: i64| Link::builder().list(1).number(number);
    let first = session.add(link(1).next(link(2).next(link(3)))).unwrap();
    session.commit().unwrap();
    let second = first.next().unwrap().unwrap();
    let third = second.next().unwrap().unwrap();
    second.set_next(None).unwrap();
    first.set_next(&third).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT number, next_number FROM link ORDER BY number"), "1|3\n3|NULL\n");
    assert!(!session.contains(&second));
    session.delete(&first).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT number FROM link"), "");
}

mod holders {
    //! Parents that hold the foreign key.

    use orm::prelude::*;

    orm::registry!(pub Holders);

    #[derive(Mapped)]
    #[mapped(registry = Holders)]
    pub struct Holder {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = Thing::id, on_delete = "set null")]
        pub thing_id: Option<i64>,
        #[relationship(cascade = "all, delete-orphan", single_parent)]
        pub thing: Option<One<Thing>>,
    }

    #[derive(Mapped)]
    #[mapped(registry = Holders)]
    pub struct Thing {
        #[column(primary_key)]
        pub id: i64,
    }

    /// By a key of two columns.
    #[derive(Mapped)]
    #[mapped(
        registry = Holders,
        foreign_key(columns(next_list, next_number), references(Link::list, Link::number))
    )]
    pub struct Link {
        #[column(primary_key)]
        pub list: i64,
        #[column(primary_key)]
        pub number: i64,
        pub next_list: Option<i64>,
        pub next_number: Option<i64>,
        #[relationship(remote_side = (Link::list, Link::number), cascade = "all, delete-orphan", single_parent)]
        pub next: Option<One<Link>>,
    }
}
