//! The words that options take: enums, each made together with the spelling of its variants.

/// An enum of the words that an option takes.
pub(crate) trait Words: Copy + PartialEq + 'static {
    /// Every word, in the order in which messages list them.
    const ALL: &'static [Self];
    /// Words that SQLAlchemy has, and what says the same here.
    const ELSEWHERE: &'static [(&'static str, &'static str)];
    /// Whether they are SQL's, which tells no cases apart.
    const IS_SQL: bool;

    /// How the word is spelled.
    fn text(self) -> &'static str;

    /// The word that is spelled so.
    fn find(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|word| word.text() == text)
    }
}

/// Words of which an option takes several.
pub(crate) trait Combined: Words {
    /// Words that make sense together, for messages.
    const EXAMPLE: &'static [Self];
}

macro_rules! words {
    (@sql) => {
        false
    };
    (@sql SQL) => {
        true
    };
    (
        $(#[$about:meta])*
        $name:ident { $($variant:ident = $text:literal,)* }
        $(elsewhere { $($word:literal = $instead:literal,)* })?
        $(of $sql:ident)?
    ) => {
        $(#[$about])*
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub(crate) enum $name {
            $(#[doc = concat!("`\"", $text, "\"`.")] $variant,)*
        }

        impl Words for $name {
            const ALL: &'static [Self] = &[$($name::$variant),*];
            const ELSEWHERE: &'static [(&'static str, &'static str)] = &[$($(($word, $instead)),*)?];
            const IS_SQL: bool = words!(@sql $($sql)?);

            fn text(self) -> &'static str {
                match self {
                    $($name::$variant => $text,)*
                }
            }
        }
    };
}

words! {
    /// When a relationship is loaded.
    Lazy {
        Select = "select",
        Immediate = "immediate",
        SelectIn = "selectin",
        Subquery = "subquery",
        Joined = "joined",
        Batch = "batch",
        Raise = "raise",
        RaiseOnSql = "raise_on_sql",
        NoLoad = "noload",
    }
    elsewhere {
        "dynamic" = "the field's type says it: `Dynamic<T>`; in `backref(...)` the word `dynamic`",
        "write_only" = "the field's type says it: `WriteOnly<T>`; in `backref(...)` the word `write_only`",
    }
}

words! {
    /// An operation that reaches the related objects, or a name for several or none of them.
    CascadeWord {
        SaveUpdate = "save-update",
        Merge = "merge",
        RefreshExpire = "refresh-expire",
        Expunge = "expunge",
        Delete = "delete",
        DeleteOrphan = "delete-orphan",
        All = "all",
        None = "none",
    }
}

impl Combined for CascadeWord {
    const EXAMPLE: &'static [Self] = &[CascadeWord::All, CascadeWord::DeleteOrphan];
}

words! {
    /// How much a deletion leaves to the database, where that is more than what isn't loaded.
    PassiveDeletes {
        All = "all",
    }
}

words! {
    /// Which inner join a joined load makes of a relationship below an outer one.
    InnerJoin {
        Nested = "nested",
        Unnested = "unnested",
    }
}

words! {
    /// What the database does about a foreign key when the row that it references is deleted, or its key changes.
    ReferentialAction {
        Cascade = "cascade",
        SetNull = "set null",
        SetDefault = "set default",
        Restrict = "restrict",
        NoAction = "no action",
    }
    of SQL
}

words! {
    /// When the database checks a foreign key that is checked late.
    Deferrable {
        InitiallyDeferred = "initially deferred",
        InitiallyImmediate = "initially immediate",
    }
    of SQL
}

words! {
    /// Who makes the versions of a row, where the flush doesn't.
    VersionBy {
        Manual = "manual",
        Server = "server",
    }
}

/// Several words as a user writes them.
pub(crate) fn joined<W: Words>(words: &[W]) -> String {
    words.iter().map(|word| word.text()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<W: Words>() {
        let mapped = include_str!("../../docs/mapped.md");
        for word in W::ALL.iter().map(|word| word.text()) {
            let listed = [format!("`\"{word}\"`"), format!("`{word}`")];
            assert!(listed.iter().any(|listed| mapped.contains(listed)), "docs/mapped.md lacks \"{word}\"");
        }
        for (word, _) in W::ELSEWHERE {
            assert!(W::find(word).is_none(), "\"{word}\" is both legal and refused");
        }
    }

    #[test]
    fn the_documentation_lists_every_word() {
        check::<Lazy>();
        check::<CascadeWord>();
        check::<PassiveDeletes>();
        check::<InnerJoin>();
        check::<ReferentialAction>();
        check::<Deferrable>();
        check::<VersionBy>();
    }
}
