//! Column fields.

use proc_macro2::{Span, TokenStream};
use syn::{Ident, LitStr, Path, Type, Visibility};

use super::name::Named;
use super::{literal, name, ty};
use crate::attr::{
    self, Actions, ColumnForeignKeyOptions, ColumnOptions, Given, Referenced, Setting, VersionBy, Versions,
};
use crate::ctxt::Ctxt;

/// A field that is a column.
#[derive(Debug)]
pub(crate) struct ColumnField {
    pub(crate) ident: Ident,
    /// What the user says of the field.
    pub(crate) docs: String,
    /// Who sees its items.
    pub(crate) vis: Visibility,
    /// The type, with `Self` spelled out.
    pub(crate) ty: TokenStream,
    /// Whether the type is spelled as a built-in one.
    pub(crate) plain: bool,
    /// Whether the type is spelled as an `Option`.
    pub(crate) optional: bool,
    /// The type as users write it, without `Option`.
    pub(crate) base: String,
    /// Whether the type is spelled as a built-in integer.
    pub(crate) integer: bool,
    /// The name in the database.
    pub(crate) name: String,
    /// Where the attribute gives the name, if it does.
    pub(crate) named: Option<Span>,
    pub(crate) primary_key: bool,
    /// What `generated` says: whether the database generates the key.
    pub(crate) db_generated: Option<Given<bool>>,
    pub(crate) default: Option<TokenStream>,
    pub(crate) server_default: Option<LitStr>,
    /// Where `server_default` stands without a text, if it does.
    pub(crate) fetched_default: Option<Span>,
    /// What an update sets it to that doesn't set it itself.
    pub(crate) onupdate: Option<Given<TokenStream>>,
    /// Where `server_onupdate` stands, if it is on.
    pub(crate) server_onupdate: Option<Span>,
    /// What it is computed by, and whether its value is stored.
    pub(crate) computed: Option<(Given<LitStr>, bool)>,
    /// The expression that it stands for, and whether objects forget its value when they are written.
    pub(crate) expression: Option<(Given<TokenStream>, bool)>,
    /// The value of `server_default`, where it is a literal.
    pub(crate) server_value: Option<TokenStream>,
    pub(crate) unique: bool,
    pub(crate) index: bool,
    pub(crate) check: Option<LitStr>,
    /// What is said of it for people.
    pub(crate) comment: Option<LitStr>,
    /// Whether what it held is loaded when it is set.
    pub(crate) active_history: Option<Span>,
    pub(crate) info: Option<LitStr>,
    /// Its place in the table.
    pub(crate) sort_order: Option<TokenStream>,
    /// How it is loaded when it is read, where it isn't loaded with its object.
    pub(crate) deferred: Option<Deferred>,
    /// What is asked of a value that it is set to.
    pub(crate) validate: Option<Given<TokenStream>>,
    /// Who makes its values, where it tells the versions of a row apart.
    pub(crate) version: Option<Given<Versions>>,
    pub(crate) foreign_key: Option<attr::Reference>,
    /// The name of the foreign key's constraint.
    pub(crate) foreign_key_name: Option<LitStr>,
    /// Whether the foreign key gets an index where nothing else covers it.
    pub(crate) foreign_key_index: bool,
    /// What the database does about the foreign key.
    pub(crate) actions: Actions,
}

/// How a column is loaded when it is read.
#[derive(Debug)]
pub(crate) struct Deferred {
    /// The columns of the same group are loaded with it.
    pub(crate) group: Option<LitStr>,
    /// Whether it is an error to read it where it isn't loaded.
    pub(crate) raises: bool,
    /// The first key that says so.
    pub(crate) key: Span,
}

impl Deferred {
    /// Reads what the three keys say together: each of them says that the column is deferred.
    fn build(
        ctxt: &Ctxt,
        ident: &Ident,
        deferred: Setting<bool>,
        group: Setting<LitStr>,
        raises: Setting<bool>,
    ) -> Option<Self> {
        let others = group.key().or(raises.key().filter(|_| raises.is_on()));
        if let (true, Some(at)) = (deferred.is_off(), others) {
            let message = format!("`deferred = false` says that `{ident}` is loaded with its object");
            ctxt.error_at(at, format!("{message}\nhelp: drop one of the two"));
        }
        let key = deferred.key().filter(|_| deferred.is_on()).or(others)?;
        Some(Deferred { group: group.value(), raises: raises.is_on(), key })
    }
}

/// A column of another table.
#[derive(Clone, Debug)]
pub(crate) enum Reference {
    /// `User::id`.
    Typed(TokenStream),
    /// `"user_account.id"`.
    Named { table: String, column: String },
}

impl Reference {
    /// Reads a path or `"table.column"`.
    pub(super) fn build(ctxt: &Ctxt, this: &Ident, reference: &attr::Reference) -> Option<Reference> {
        match reference {
            attr::Reference::Path(path) => {
                if path.segments.len() < 2 {
                    ctxt.error(path, "expected a typed column such as `User::id`");
                    return None;
                }
                Some(Reference::Typed(ty::without_self(path, this)))
            }
            attr::Reference::Text(text) => {
                let value = text.value();
                let parts = value.rsplit_once('.').map(|(table, column)| (table.trim(), column.trim()));
                match parts {
                    Some((table, column)) if !table.is_empty() && !column.is_empty() => {
                        Some(Reference::Named { table: table.to_owned(), column: column.to_owned() })
                    }
                    _ => {
                        ctxt.error(text, "expected \"table.column\"");
                        None
                    }
                }
            }
        }
    }
}

impl ColumnField {
    /// Whether it is a version that the flush makes.
    pub(crate) fn has_made_version(&self) -> bool {
        let version = self.version.as_ref().map(|version| &version.value);
        version.is_some_and(|version| !matches!(version, Versions::By(_)))
    }

    /// Whether it is a version that the database makes.
    pub(crate) fn has_server_version(&self) -> bool {
        let version = self.version.as_ref().map(|version| &version.value);
        matches!(version, Some(Versions::By(VersionBy::Server)))
    }

    /// Whether nobody sets it: the database computes it, or it stands for an expression.
    pub(crate) fn is_only_read(&self) -> bool {
        self.computed.is_some() || self.expression.is_some()
    }

    /// Whether the database, or a flush that updates its row, makes values of it beside its default.
    pub(crate) fn is_made(&self) -> bool {
        self.fetched_default.is_some()
            || self.onupdate.is_some()
            || self.server_onupdate.is_some()
            || self.computed.is_some()
    }

    pub(super) fn build(
        ctxt: &Ctxt,
        this: &Ident,
        Named { ident, docs, vis }: Named<'_>,
        ty: &Type,
        options: ColumnOptions,
    ) -> Self {
        let ColumnOptions {
            name,
            primary_key,
            generated,
            foreign_key,
            on_delete,
            on_update,
            deferrable,
            unique,
            index,
            check,
            default,
            server_default,
            onupdate,
            server_onupdate,
            computed,
            stored,
            expression,
            expire_on_flush,
            version_id,
            comment,
            sort_order,
            deferred,
            deferred_group,
            deferred_raiseload,
            active_history,
            info,
            validate,
        } = options;
        let name = name.value();
        let (server_default, fetched_default) = match server_default.given() {
            Some(Given { value: Some(sql), .. }) => (Some(sql), None),
            Some(Given { value: None, key }) => (None, Some(key)),
            None => (None, None),
        };
        let not_computed = format!("`{ident}` isn't `computed`, which this would be about");
        refuse_alone(ctxt, &computed, stored.key(), not_computed);
        let no_expression =
            format!("`expire_on_flush` is about an `expression`, and `{ident}` stands for none");
        refuse_alone(ctxt, &expression, expire_on_flush.key(), no_expression);
        let no_key = format!("`{ident}` has no `foreign_key` that this could be about");
        let action = on_delete.key().or(on_update.key()).or(deferrable.key());
        refuse_alone(ctxt, &foreign_key, action, no_key);
        let (foreign_key, within) = match foreign_key.value() {
            Some(Referenced { column, options }) => (Some(column), options),
            None => (None, ColumnForeignKeyOptions::default()),
        };
        let ColumnForeignKeyOptions {
            name: foreign_key_name,
            on_delete: delete_within,
            on_update: update_within,
            deferrable: deferrable_within,
        } = within;
        let actions = Actions::new(
            attr::at_one(ctxt, "on_delete", on_delete, delete_within),
            attr::at_one(ctxt, "on_update", on_update, update_within),
            attr::at_one(ctxt, "deferrable", deferrable, deferrable_within),
        );
        ColumnField {
            ident: ident.clone(),
            docs,
            vis,
            ty: ty::without_self(ty, this),
            plain: ty::looks_stored(ty),
            optional: ty::looks_optional(ty),
            base: ty::spelled(ty::base(ty)),
            integer: ty::looks_integer(ty),
            name: name.as_ref().map_or_else(|| name::plain(ident), LitStr::value),
            named: name.as_ref().map(LitStr::span),
            primary_key: primary_key.is_on(),
            db_generated: generated.given(),
            default: default.value().map(|expr| ty::without_self(expr, this)),
            server_value: server_default.as_ref().and_then(|sql| literal::value(sql, ty)),
            server_default,
            fetched_default,
            onupdate: onupdate.given().map(|given| given.map(|expr| ty::without_self(expr, this))),
            server_onupdate: server_onupdate.key().filter(|_| server_onupdate.is_on()),
            computed: computed.given().map(|sql| (sql, stored.is_on())),
            expression: expression
                .given()
                .map(|given| (given.map(|expr| ty::without_self(expr, this)), !expire_on_flush.is_off())),
            unique: unique.is_on(),
            index: index.is_on(),
            check: check.value(),
            comment: comment.value(),
            active_history: active_history.given().filter(|given| given.value).map(|given| given.key),
            info: info.value(),
            sort_order: sort_order.value().map(|expr| ty::without_self(expr, this)),
            deferred: Deferred::build(ctxt, ident, deferred, deferred_group, deferred_raiseload),
            validate: validate.given().map(|path| path.map(|path| ty::without_self(&path, this))),
            version: version_id.given().filter(|given| !matches!(given.value, Versions::Off)),
            foreign_key,
            foreign_key_name: foreign_key_name.value(),
            foreign_key_index: !index.is_off(),
            actions,
        }
    }
}

/// The path of the class that a typed column belongs to, as text.
pub(super) fn owner(path: &Path) -> String {
    let segments: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
    segments.get(..segments.len().saturating_sub(1)).unwrap_or_default().join("::")
}

/// Refuses a key that is about another one which isn't there.
fn refuse_alone<T>(ctxt: &Ctxt, about: &Setting<T>, at: Option<Span>, message: String) {
    if let (Setting::Absent, Some(at)) = (about, at) {
        ctxt.error_at(at, message);
    }
}
