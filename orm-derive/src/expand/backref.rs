//! The reverse sides that relationships make on other classes: for each its typed constant, an extension trait with its
//! accessors, and its registration.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};

use super::{entity, relation_decl, relations};
use crate::attr::Given;
use crate::model::{Backref, Model, RelationField, at, literal, plain, start, with_prefix};

/// The relationships that make a reverse side, with their places.
fn backrefs(model: &Model) -> impl Iterator<Item = (usize, &RelationField, &Backref)> {
    let all = model.relations.iter().enumerate();
    all.filter_map(|(index, relation)| Some((index, relation, relation.backref.as_deref()?)))
}

/// Those whose other class is named by its type: it gets a constant and accessors.
fn typed(model: &Model) -> impl Iterator<Item = (usize, &RelationField, &Backref, &TokenStream)> {
    let all = backrefs(model).filter(|(_, relation, _)| !relation.is_named());
    all.filter_map(|(index, relation, backref)| Some((index, relation, backref, relation.target.as_ref()?)))
}

/// `UserAddressesBackref`, of `User.addresses`: no other item of the module is likely to be called so.
fn trait_name(model: &Model, relation: &RelationField) -> Ident {
    let field: String = plain(&relation.ident).split('_').map(capitalized).collect();
    Ident::new(&format!("{}{field}Backref", plain(&model.ident)), Span::call_site())
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The type that a field of the reverse side would have. What it holds follows from the declarations of both classes, which
/// only the compiler sees.
fn field(model: &Model, (relation, ty): (&RelationField, &dyn ToTokens), p: &TokenStream) -> TokenStream {
    let (this, name) = (&model.ident, plain(&relation.ident));
    quote!(<#p::Reverse<{ #p::reverse_kind::<#this, #ty>(#name) }, #this> as #p::ReverseField>::Field)
}

/// The traits with the accessors, which stand beside the class so that they can be imported.
pub(super) fn items(model: &Model) -> TokenStream {
    let root = &model.root;
    let p = quote!(#root::__private);
    let traits = typed(model).map(|(_, relation, backref, target)| {
        let (name, vis) = (trait_name(model, relation), &relation.vis);
        let field = field(model, (relation, &relation.ty), &p);
        let ident = &backref.relation.ident;
        let set = with_prefix("set", ident);
        let (this, forth, back) = (plain(&model.ident), plain(&relation.ident), plain(ident));
        let other = target.to_string().replace(' ', "");
        let about = format!("`{back}` of each `{other}`: the reverse side of `{this}.{forth}`.");
        let (read, change) = (format!("Reads `{back}`."), format!("Changes `{back}`."));
        quote! {
            #[doc = #about]
            #[allow(dead_code, unreachable_pub, private_bounds, private_interfaces)]
            #vis trait #name {
                #[doc = #read]
                #[track_caller]
                fn #ident(&self) -> <#field as #p::RelationType>::Read;
                #[doc = #change]
                fn #set(&self, value: impl #p::Relate<#field>) -> #p::Result<()>;
            }
        }
    });
    traits.collect()
}

/// The constants of the other classes, and the accessors of their objects.
pub(super) fn impls(model: &Model) -> TokenStream {
    let this = &model.ident;
    let all = typed(model).map(|(index, relation, backref, target)| {
        let (name, vis) = (trait_name(model, relation), &relation.vis);
        // The class that the field's type names is named once: where there is none, that is said once.
        let field = field(model, (relation, &relations::alias(index, relation)), &quote!(__p));
        let ident = &backref.relation.ident;
        let set = with_prefix("set", ident);
        let text = plain(ident);
        let about = format!("The reverse side of `{}.{}`.", plain(this), plain(&relation.ident));
        // The item has the place of the name, so that the compiler shows a second one of that name there.
        let item = quote! {
            #vis const #ident: __p::Relationship<Self, #this, <#field as __p::RelationType>::Number> =
                __p::Relationship::added(#text);
        };
        let item = at(ident.span(), &item);
        let implement = at(start(target), &quote!(impl));
        let place = quote!(static PLACE: __p::AddedPlace = __p::AddedPlace::new(#text););
        quote! {
            #implement #target {
                #[doc = #about]
                #item
            }
            impl #name for __p::Obj<#target> {
                fn #ident(&self) -> <#field as __p::RelationType>::Read {
                    #place
                    __p::read_added::<_, #field, _>(self, &PLACE)
                }
                fn #set(&self, value: impl __p::Relate<#field>) -> __p::Result<()> {
                    #place
                    __p::relate_added::<_, #field>(self, &PLACE, value)
                }
            }
        }
    });
    all.collect()
}

/// What registers the reverse sides, and the checks of what is said of them.
pub(super) fn registrations(model: &Model) -> TokenStream {
    let (this, cell) = (&model.ident, entity::cell(model));
    let all = backrefs(model).map(|(index, relation, backref)| {
        let text = plain(&backref.relation.ident);
        let forth = relations::alias(index, relation);
        let options = options(this, relation, backref);
        let (class, kind) = match (&relation.named_target, &relation.target) {
            (None, Some(target)) => {
                let field = field(model, (relation, &forth), &quote!(__p));
                let kind = quote!(<#field as __p::RelationField>::KIND);
                (quote!(__p::TargetDecl::class::<#target>()), kind)
            }
            (Some(name), _) => {
                let has_secondary = relation.secondary.is_some();
                let held = relation_decl::held(backref.held());
                let kind = quote!(<#forth as __p::RelationField>::KIND);
                let kind = quote!(__p::reverse_kind_of_named(#kind, #has_secondary, #held));
                (quote!(__p::TargetDecl::Named(#name)), kind)
            }
            // An alias, which was reported.
            (None, None) => return TokenStream::new(),
        };
        let check = (!relation.is_named()).then(|| {
            let name = literal(&plain(&relation.ident));
            let check = quote!(const _: () = __p::check_reverse::<#this, #forth>(#name, &DECL););
            at(backref.relation.ident.span(), &check)
        });
        quote! {
            const _: () = {
                const DECL: __p::RelationDecl =
                    __p::RelationDecl::new(#text, #kind, __p::TargetDecl::class::<#this>()).is_backref(true) #options;
                #check
                __p::inventory::submit!(__p::RelationRegistration::new(#class, &DECL, #cell));
            };
        }
    });
    all.collect()
}

/// The options of the reverse side. What is said of its synchronisation on this side holds for it too.
fn options(this: &Ident, relation: &RelationField, backref: &Backref) -> TokenStream {
    let mut options = relation_decl::options(this, &backref.relation, &backref.relation.ty);
    if let (Some(Given { value: sync, .. }), None) = (&relation.sync_backref, &backref.relation.sync_backref)
    {
        options.extend(quote!(.sync_backref(__p::Some(#sync))));
    }
    options
}
