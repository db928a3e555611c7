//! `Model`: a struct with its attributes read. The later stages see no `syn::Attribute`.

mod backref;
mod column;
mod composite;
mod docs;
mod literal;
mod name;
mod places;
mod proxy;
mod relation;
mod remote;
mod synonym;
mod table;
mod ty;
mod unfit;

pub(crate) use column::{ColumnField, Reference};
pub(crate) use composite::Composite;
use name::Named as NamedField;
pub(crate) use name::{RootFrom, literal, plain, suffixed, with_prefix};
pub(crate) use proxy::Proxy;
pub(crate) use relation::{Backref, Held, KeyOf, OrderedBy, RelationField, Said, Secondary};
pub(crate) use synonym::{Named, Synonym};
pub(crate) use table::{Check, ForeignKey, Index, Unique};
pub(crate) use ty::{Shape, at, start};

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::spanned::Spanned;
use syn::{Attribute, Data, DeriveInput, Fields, Ident, LitStr, Path, Visibility};

use crate::attr::{self, ColumnOptions, EntityOptions, Place, RelationshipOptions};
use crate::ctxt::Ctxt;

/// The derive that was called.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Derive {
    Mapped,
    Table,
}

impl Derive {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Derive::Mapped => "Mapped",
            Derive::Table => "Table",
        }
    }
}

impl Derive {
    const fn makes(self) -> &'static str {
        match self {
            Derive::Mapped => "a mapped class",
            Derive::Table => "a table",
        }
    }
}

/// A struct with its options.
#[derive(Debug)]
pub(crate) struct Model {
    pub(crate) derive: Derive,
    pub(crate) ident: Ident,
    /// What tells the struct from others of its name: it is made of all its tokens.
    pub(crate) print: u32,
    pub(crate) vis: Visibility,
    /// The struct that makes new objects: `UserBuilder`.
    pub(crate) builder: Ident,
    /// The table's name, with its schema before it.
    pub(crate) table: String,
    pub(crate) registry: Option<Path>,
    /// The struct of another crate that is the plain value.
    pub(crate) remote: Option<TokenStream>,
    /// Where `#[mapped(default)]` asks for `Default`, if it does.
    pub(crate) default: Option<Span>,
    /// Where it says that defaults of the database are read back within the flush, if it does.
    pub(crate) eager_defaults: Option<Span>,
    /// Where it says that nobody is told of rows that were gone, if it does.
    pub(crate) unconfirmed: Option<Span>,
    /// Where it says `strict` and `without_rowid`, if it does.
    pub(crate) kind: (Option<Span>, Option<Span>),
    /// What is said of the table for people.
    pub(crate) comment: Option<LitStr>,
    /// What says who listens to its objects.
    pub(crate) listen: Option<attr::Given<TokenStream>>,
    /// The path of the crate `orm`.
    pub(crate) root: TokenStream,
    /// Where that path begins.
    pub(crate) root_from: RootFrom,
    pub(crate) columns: Vec<ColumnField>,
    pub(crate) relations: Vec<RelationField>,
    pub(crate) foreign_keys: Vec<ForeignKey>,
    pub(crate) uniques: Vec<Unique>,
    pub(crate) indexes: Vec<Index>,
    pub(crate) checks: Vec<Check>,
    pub(crate) proxies: Vec<Proxy>,
    pub(crate) composites: Vec<Composite>,
    pub(crate) synonyms: Vec<Synonym>,
    /// Whether a field is missing here because of a mistake, which was reported.
    pub(crate) left_out: bool,
    /// Fields whose names other items of the class have, which is a mistake.
    pub(crate) clashes: Vec<String>,
}

impl Model {
    /// Reads a struct. There is no model of a type that isn't a struct with named fields, or that is generic.
    pub(crate) fn read(ctxt: &Ctxt, derive: Derive, input: &DeriveInput) -> Option<Model> {
        let mut options = EntityOptions::read(ctxt, &input.attrs);
        misplaced(ctxt, &input.attrs, &[Place::Column, Place::Relationship], "a field");
        let fields = &named_fields(ctxt, derive, input)?;
        let mut model = Model {
            derive,
            ident: input.ident.clone(),
            print: name::print(input),
            vis: input.vis.clone(),
            builder: name::builder(ctxt, &input.ident, options.builder.as_ref()),
            table: name::table(&input.ident, &options),
            registry: options.registry.clone(),
            remote: remote::read(ctxt, derive, &options),
            default: options.default,
            eager_defaults: options.eager_defaults,
            unconfirmed: options.unconfirmed,
            kind: options.kind,
            comment: options.comment.clone(),
            listen: options
                .listen
                .clone()
                .map(|given| given.map(|path| ty::without_self(&path, &input.ident))),
            root_from: options.root.as_ref().map_or(RootFrom::Top, RootFrom::of),
            root: options.root.as_ref().map_or_else(|| quote!(::orm), |root| quote!(#root)),
            columns: Vec::new(),
            relations: Vec::new(),
            foreign_keys: Vec::new(),
            uniques: Vec::new(),
            indexes: Vec::new(),
            checks: Vec::new(),
            proxies: Vec::new(),
            composites: Vec::new(),
            synonyms: Vec::new(),
            left_out: false,
            clashes: Vec::new(),
        };
        // The traits of a class with such a field would each repeat what is wrong with it.
        if fields.iter().filter(|field| unfit::stays(ctxt, &input.ident, field)).count() > 0 {
            return None;
        }
        for field in fields {
            // The compiler says of a field that stands twice that it does.
            if field.ident.as_ref().is_some_and(|ident| model.has_field(&plain(ident))) {
                continue;
            }
            model.field(ctxt, field);
        }
        let proxies = std::mem::take(&mut options.proxies);
        let composites = std::mem::take(&mut options.composites);
        let synonyms = std::mem::take(&mut options.synonyms);
        model.constraints(ctxt, options);
        model.proxies(ctxt, proxies);
        model.composites(ctxt, composites);
        model.synonyms(ctxt, synonyms);
        Some(model)
    }

    fn field(&mut self, ctxt: &Ctxt, field: &syn::Field) {
        let Some(ident) = &field.ident else { return };
        misplaced(ctxt, &field.attrs, &[Place::Mapped], "the struct");
        let (column, column_at) = attr::attributes::<ColumnOptions>(ctxt, &field.attrs);
        let (relation, relation_at) = attr::attributes::<RelationshipOptions>(ctxt, &field.attrs);
        if unfit::twice_optional(ctxt, &self.ident, field) {
            self.left_out = true;
            return;
        }
        let shape = ty::shape(&field.ty);
        let vis = name::visibility(&self.vis, &field.vis);
        let is_related = !matches!(shape, Shape::Scalar | Shape::Other);
        if (relation_at.is_some() || is_related) && self.derive == Derive::Table {
            ctxt.error(
                ident,
                format!(
                    "`{}` is a table without a class, which has no relationships\nhelp: derive `Mapped`",
                    self.ident
                ),
            );
            self.left_out = true;
            return;
        }
        if let (Some(span), Some(_)) = (column_at, relation_at) {
            ctxt.error_at(span, format!("`{ident}` can't be both a column and a relationship"));
        }
        let marked = relation_at.is_some();
        let is_relation = match &shape {
            Shape::Other => marked || ty::is_own(&field.ty),
            Shape::Scalar => {
                if marked {
                    ctxt.error(
                        &field.ty,
                        format!(
                            "`{}.{ident}` is a column by its type\nhelp: remove `#[relationship]`, or write `Many<T>`, \
                             `ManySet<T>`, `One<T>` or `Option<One<T>>`",
                            self.ident
                        ),
                    );
                }
                false
            }
            // By its type; the attribute is for options.
            Shape::Many(_)
            | Shape::ManySet(_)
            | Shape::ManyMap(..)
            | Shape::WriteOnly(_)
            | Shape::Dynamic(_)
            | Shape::One(_)
            | Shape::OptionalOne(_) => {
                if !marked && column_at.is_some() {
                    ctxt.error(
                        &field.ty,
                        format!(
                            "`{}.{ident}` is a relationship by its type\nhelp: remove `#[column]`; options of a \
                             relationship stand in `#[relationship(...)]`",
                            self.ident
                        ),
                    );
                }
                true
            }
        };
        let named = NamedField { ident, docs: docs::of(&field.attrs), vis };
        if is_relation {
            self.relations.push(backref::relationship(ctxt, &self.ident, named, &field.ty, shape, relation));
        } else {
            self.columns.push(ColumnField::build(ctxt, &self.ident, named, &field.ty, column));
        }
    }

    /// The column of a field.
    pub(crate) fn column(&self, field: &Ident) -> Option<&ColumnField> {
        self.columns.iter().find(|column| plain(&column.ident) == plain(field))
    }

    /// Whether a field has that name.
    pub(crate) fn has_field(&self, name: &str) -> bool {
        let columns = self.columns.iter().map(|column| &column.ident);
        columns.chain(self.relations.iter().map(|relation| &relation.ident)).any(|ident| plain(ident) == name)
    }

    /// Whether another item of the class has the field's name.
    pub(crate) fn clashes_with(&self, field: &Ident) -> bool {
        !self.clashes.is_empty() && self.clashes.contains(&plain(field))
    }

    /// The columns of the primary key.
    pub(crate) fn primary_key(&self) -> impl Iterator<Item = &ColumnField> {
        self.columns.iter().filter(|column| column.primary_key)
    }
}

fn misplaced(ctxt: &Ctxt, attrs: &[Attribute], places: &[Place], belongs: &str) {
    for attr in attrs {
        if let Some(place) = places.iter().find(|place| attr.path().is_ident(place.name())) {
            ctxt.error(attr, format!("`{}` belongs on {belongs}", place.text()));
        }
    }
}

fn named_fields<'a>(ctxt: &Ctxt, derive: Derive, input: &'a DeriveInput) -> Option<Vec<&'a syn::Field>> {
    let name = derive.name();
    let wrong = |at: proc_macro2::Span, what: &str| {
        ctxt.error_at(
            at,
            format!(
                "`{name}` can't be derived for {what}\nhelp: {} is a struct with named fields, a column each",
                derive.makes()
            ),
        );
    };
    let fields = match &input.data {
        Data::Struct(data) => &data.fields,
        Data::Enum(data) => {
            wrong(data.enum_token.span, "an enum");
            return None;
        }
        Data::Union(data) => {
            wrong(data.union_token.span, "a union");
            return None;
        }
    };
    let named = match fields {
        Fields::Named(named) => named,
        Fields::Unnamed(tuple) => {
            wrong(tuple.span(), "a tuple struct");
            return None;
        }
        Fields::Unit => {
            wrong(input.ident.span(), "a struct without fields");
            return None;
        }
    };
    if !input.generics.params.is_empty() || input.generics.where_clause.is_some() {
        ctxt.error(
            &input.generics,
            format!(
                "`{name}` can't be derived for a generic struct\nhelp: a table's columns have one type each"
            ),
        );
        return None;
    }
    Some(named.named.iter().collect())
}
