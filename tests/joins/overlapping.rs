//! Relationships that write the same columns: an error that names both, unless they are two sides of one, or say that it is
//! meant.

use expect_test::expect;

fn causes(error: &orm::Error) -> String {
    let mut lines: Vec<String> = error.causes().iter().map(|cause| format!("{cause}\n")).collect();
    lines.sort();
    lines.concat()
}

/// A parent and its children, by what stands on either side.
macro_rules! two {
    ($($name:ident: [$($children:tt)*] [$($parent:tt)*];)*) => {
        $(mod $name {
            use orm::prelude::*;

            orm::registry!(pub Two);

            #[derive(Mapped)]
            #[mapped(registry = Two)]
            pub struct Parent {
                #[column(primary_key)]
                pub id: i64,
                #[relationship($($children)*)]
                pub children: Many<Child>,
            }

            #[derive(Mapped)]
            #[mapped(registry = Two)]
            pub struct Child {
                #[column(primary_key)]
                pub id: i64,
                #[column(foreign_key = Parent::id)]
                pub parent_id: i64,
                #[relationship($($parent)*)]
                pub parent: One<Parent>,
            }
        })*
    };
}

two! {
    unsaid: [] [];
    reverse: [back_populates = "parent"] [back_populates = "children"];
    meant: [overlaps = "parent"] [overlaps = "children"];
    meant_by_one: [overlaps = "parent"] [];
}

#[test]
fn two_sides() {
    expect![[r#"
        [bad-option] `Parent.children`: it writes `child.parent_id`, as `Child.parent` does; help: name each other by `back_populates`, mark one as `viewonly`, or say `overlaps = "parent"`
    "#]].assert_eq(&causes(&unsaid::Two::configure().unwrap_err()));
    reverse::Two::configure().unwrap();
    meant::Two::configure().unwrap();
    expect!["fine"].assert_eq(
        &meant_by_one::Two::configure().map_or_else(|error| causes(&error), |()| "fine".to_owned()),
    );
}

/// Two collections of one class, by criteria.
macro_rules! double {
    ($($name:ident: [$($first:tt)*] [$($second:tt)*];)*) => {
        $(mod $name {
            use orm::prelude::*;

            orm::registry!(pub Double);

            #[derive(Mapped)]
            #[mapped(registry = Double)]
            pub struct Parent {
                #[column(primary_key)]
                pub id: i64,
                #[relationship(primaryjoin = Child::parent_id.eq(Parent::id).and(Child::num.eq(1)), $($first)*)]
                pub child1: Many<Child>,
                #[relationship(primaryjoin = Child::parent_id.eq(Parent::id).and(Child::num.eq(2)), $($second)*)]
                pub child2: Many<Child>,
            }

            #[derive(Mapped)]
            #[mapped(registry = Double)]
            pub struct Child {
                #[column(primary_key)]
                pub id: i64,
                pub num: i64,
                #[column(foreign_key = Parent::id)]
                pub parent_id: i64,
            }
        })*
    };
}

double! {
    twice: [] [];
    twice_meant: [overlaps = "child2"] [overlaps = "child1"];
}

#[test]
fn two_collections_of_one_class() {
    expect![[r#"
        [bad-option] `Parent.child2`: it writes `child.parent_id`, as `Parent.child1` does; help: name each other by `back_populates`, mark one as `viewonly`, or say `overlaps = "child1"`
    "#]].assert_eq(&causes(&twice::Double::configure().unwrap_err()));
    twice_meant::Double::configure().unwrap();
}

/// A table of links that is a class too.
macro_rules! linked {
    ($($name:ident: [$($option:tt)*];)*) => {
        $(mod $name {
            use orm::prelude::*;

            orm::registry!(pub Linked);

            #[derive(Mapped)]
            #[mapped(registry = Linked)]
            pub struct A {
                #[column(primary_key)]
                pub id: i64,
                #[relationship(secondary = B, back_populates = "as_")]
                pub cs: Many<C>,
                #[relationship(back_populates = "a", $($option)*)]
                pub bs: Many<B>,
            }

            #[derive(Mapped)]
            #[mapped(registry = Linked)]
            pub struct B {
                #[column(primary_key, foreign_key = A::id)]
                pub a_id: i64,
                #[column(primary_key, foreign_key = C::id)]
                pub c_id: i64,
                #[relationship(back_populates = "bs", $($option)*)]
                pub a: One<A>,
                #[relationship(back_populates = "bs", $($option)*)]
                pub c: One<C>,
            }

            #[derive(Mapped)]
            #[mapped(registry = Linked)]
            pub struct C {
                #[column(primary_key)]
                pub id: i64,
                #[relationship(secondary = B, back_populates = "cs")]
                pub as_: Many<A>,
                #[relationship(back_populates = "c", $($option)*)]
                pub bs: Many<B>,
            }
        })*
    };
}

linked! {
    links: [];
    links_meant: [overlaps = "as_, cs"];
}

#[test]
fn links_that_are_a_class() {
    expect![[r#"
        [bad-option] `A.bs`: it writes `b.a_id`, as `A.cs` does; help: name each other by `back_populates`, mark one as `viewonly`, or say `overlaps = "cs"`
        [bad-option] `B.a`: it writes `b.a_id`, as `A.cs` does; help: name each other by `back_populates`, mark one as `viewonly`, or say `overlaps = "cs"`
        [bad-option] `B.c`: it writes `b.c_id`, as `A.cs` does; help: name each other by `back_populates`, mark one as `viewonly`, or say `overlaps = "cs"`
        [bad-option] `C.as_`: it writes `b.a_id`, as `A.bs` and `B.a` and `B.c` do; help: name each other by `back_populates`, mark one as `viewonly`, or say `overlaps = "bs, a, c"`
        [bad-option] `C.bs`: it writes `b.c_id`, as `A.cs` and `C.as_` do; help: name each other by `back_populates`, mark one as `viewonly`, or say `overlaps = "cs, as_"`
    "#]].assert_eq(&causes(&links::Linked::configure().unwrap_err()));
    links_meant::Linked::configure().unwrap();
}
