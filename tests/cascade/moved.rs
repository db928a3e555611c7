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
