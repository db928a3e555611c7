//! Snapshots of the expansion, and its size.

use quote::quote;

use crate::derive;
use crate::model::Derive;

fn expand(which: Derive, input: proc_macro2::TokenStream) -> String {
    let input = syn::parse2(input).expect("the input is a struct");
    let tokens = derive(which, &input);
    let file = syn::parse2(tokens.clone()).unwrap_or_else(|error| panic!("{error}: {tokens}"));
    prettyplease::unparse(&file)
}

/// The snapshot of a class, whose length has a limit: compile time grows with it in every user's crate.
fn class(limit: usize, input: proc_macro2::TokenStream) -> String {
    let text = expand(Derive::Mapped, input);
    let lines = text.lines().count();
    assert!(lines <= limit, "{lines} lines");
    text
}

#[test]
fn parent_and_child() {
    insta::assert_snapshot!(
        "user",
        class(
            262,
            quote! {
                #[mapped(table = "user_account")]
                pub struct User {
                    #[column(primary_key)]
                    pub id: i64,
                    #[column(unique, index)]
                    pub name: String,
                    pub fullname: Option<String>,
                    #[relationship(back_populates = "user", cascade = "all, delete-orphan", order_by = Address::id)]
                    pub addresses: Many<Address>,
                }
            }
        )
    );
    insta::assert_snapshot!(
        "address",
        class(
            262,
            quote! {
                pub(crate) struct Address {
                    #[column(primary_key)]
                    id: i64,
                    #[column(default = "none", server_default = "''", check = "email <> ' '")]
                    email: String,
                    #[column(foreign_key = User::id, on_delete = "cascade", deferrable = "initially deferred")]
                    user_id: i64,
                    #[relationship(back_populates = "addresses", lazy = "raise")]
                    user: One<User>,
                }
            }
        )
    );
}

/// What a proxy adds to a class.
#[test]
fn proxy() {
    insta::assert_snapshot!(
        "proxied",
        class(
            240,
            quote! {
                #[mapped(
                    proxy(keywords: One<Keyword> = links.keyword, creator = |keyword| Link::builder().keyword(keyword))
                )]
                pub struct User {
                    #[column(primary_key)]
                    pub id: i64,
                    pub links: Many<Link>,
                }
            }
        )
    );
}

/// What a composite and a synonym add to a class.
#[test]
fn composite() {
    insta::assert_snapshot!(
        "composed",
        class(
            255,
            quote! {
                #[mapped(composite(start: Option<Point> = (x, y)), synonym(begin = start))]
                pub struct Segment {
                    #[column(primary_key)]
                    pub id: i64,
                    pub x: Option<i64>,
                    y: Option<i64>,
                }
            }
        )
    );
}

#[test]
fn composite_type() {
    let input = syn::parse2(quote! {
        struct Point {
            x: i64,
            y: Option<i64>,
        }
    });
    let tokens = crate::composite_type::derive(&input.expect("the input is a struct"));
    insta::assert_snapshot!("point", prettyplease::unparse(&syn::parse2(tokens).expect("it is an item")));
}

#[test]
fn class_of_itself_with_every_option() {
    insta::assert_snapshot!(
        "node",
        class(
            445,
            quote! {
                #[mapped(
                    crate = my::orm,
                    registry = Models,
                    unique(columns(r#type, id), name = "uq"),
                    index(columns(parent_id), unique),
                    check(sql = "id > 0", name = "positive")
                )]
                pub struct Node {
                    #[column(primary_key, generated = false)]
                    pub id: Id,
                    #[column(name = "kind")]
                    pub r#type: Option<i32>,
                    #[column(foreign_key = Self::id)]
                    pub parent_id: Option<Id>,
                    #[relationship(back_populates = "children", remote_side = Self::id, foreign_keys = Self::parent_id)]
                    pub parent: Option<One<Self>>,
                    #[relationship(back_populates = "parent")]
                    pub children: Kids,
                    #[relationship(
                        secondary = Link,
                        primaryjoin = Node::id.eq(Link::left_id),
                        secondaryjoin = Node::id.eq(Link::right_id),
                        order_by = (Node::parent_id, Node::id.desc()),
                        single_parent
                    )]
                    pub friends: ManySet<Node>,
                    #[relationship(target = "blog::Post", secondary = "node_post", foreign_keys = "node_post.node_id")]
                    pub posts: Many<AnyClass>,
                }
            }
        )
    );
}

#[test]
fn documented_fields() {
    insta::assert_snapshot!(
        "documented",
        class(
            205,
            quote! {
                /// A note.
                struct Note {
                    /// Made by the database.
                    #[column(primary_key)]
                    id: i64,
                    /// Who wrote it: a [`User`].
                    ///
                    /// ```
                    /// let compiled = "once";
                    /// ```
                    author: One<User>,
                }
            }
        )
    );
}

#[test]
fn table_without_a_class() {
    insta::assert_snapshot!(
        "link",
        expand(
            Derive::Table,
            quote! {
                #[mapped(foreign_key(
                    columns(org, num),
                    references(Account::org, Account::num),
                    on_update = "cascade",
                    name = "fk_account"
                ))]
                pub struct Link {
                    #[column(primary_key, foreign_key = "node.id")]
                    pub left_id: i64,
                    #[column(primary_key)]
                    pub org: i64,
                    pub num: i64,
                }
            }
        )
    );
}

#[test]
fn mistakes_with_what_stands_beside_them() {
    insta::assert_snapshot!(
        "mistakes",
        expand(
            Derive::Mapped,
            quote! {
                #[mapped(tabel = "x")]
                struct Broken {
                    #[column(uniqe, default)]
                    builder: i64,
                    set_builder: i64,
                }
            }
        )
    );
    insta::assert_snapshot!(
        "enum",
        expand(
            Derive::Mapped,
            quote!(
                enum Color {
                    Red,
                }
            )
        )
    );
}

/// How many mistakes a class with this field has.
fn mistakes(field: proc_macro2::TokenStream) -> usize {
    let class = quote! {
        struct Note {
            #[column(primary_key)]
            id: i64,
            #field
        }
    };
    expand(Derive::Mapped, class).matches("compile_error!").count()
}

#[test]
fn a_wrong_value_is_not_reported_as_missing_too() {
    assert_eq!(mistakes(quote!(#[column(foreign_key = 1, on_delete = "cascade")] user_id: i64)), 1);
    assert_eq!(mistakes(quote!(#[column(on_delete = "cascade")] user_id: i64)), 1);
    assert_eq!(mistakes(quote!(#[column(generated = 1)] number: i64)), 1);
    assert_eq!(mistakes(quote!(#[column(generated)] number: i64)), 1);
    assert_eq!(mistakes(quote!(#[column(foreign_key = User::id, on_delete = "cascade")] user_id: i64)), 0);
}

#[test]
fn a_key_that_may_stand_once_stands_once_in_all_attributes() {
    assert_eq!(mistakes(quote!(#[column(unique, unique)] number: i64)), 1);
    assert_eq!(mistakes(quote!(#[column(unique)] #[column(unique)] number: i64)), 1);
    assert_eq!(mistakes(quote!(#[column(unique)] #[column(index)] number: i64)), 0);
}
