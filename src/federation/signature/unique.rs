//! Refuses structured dictionaries in which a key stands twice. RFC 9651 lets the last one win; two
//! readers that disagree on that would see two different signatures.

use std::collections::HashSet;

use sfv::visitor::{
    DictionaryVisitor, EntryVisitor, InnerListVisitor, ItemVisitor, ParameterVisitor,
};
use sfv::{BareItemFromInput, KeyRef, Parser};

use super::error::SignatureError;

/// Fails when a label or a parameter is repeated within its scope, or the text is no dictionary.
pub(super) fn check(text: &str) -> Result<(), SignatureError> {
    Parser::new(text)
        .parse_dictionary_with_visitor(Keys::default())
        .map_err(|_| {
            SignatureError::malformed("a signature header cannot be read or repeats a parameter")
        })
}

#[derive(Debug, thiserror::Error)]
#[error("a key stands there twice")]
struct Repeated;

/// The keys seen in one scope.
#[derive(Default)]
struct Keys<'de>(HashSet<&'de str>);

impl<'de> Keys<'de> {
    fn see(&mut self, key: &'de KeyRef) -> Result<(), Repeated> {
        if self.0.insert(key.as_str()) {
            Ok(())
        } else {
            Err(Repeated)
        }
    }
}

impl<'de> DictionaryVisitor<'de> for Keys<'de> {
    type Out = ();
    type Error = Repeated;

    fn entry(&mut self, key: &'de KeyRef) -> Result<impl EntryVisitor<'de>, Repeated> {
        self.see(key).map(|()| Scope)
    }

    fn finish(self) -> Result<(), Repeated> {
        Ok(())
    }
}

impl<'de> ParameterVisitor<'de> for Keys<'de> {
    type Out = ();
    type Error = Repeated;

    fn parameter(&mut self, key: &'de KeyRef, _: BareItemFromInput<'de>) -> Result<(), Repeated> {
        self.see(key)
    }

    fn finish(self) -> Result<(), Repeated> {
        Ok(())
    }
}

/// Opens a new scope of keys at each place where parameters may stand.
struct Scope;

impl<'de> EntryVisitor<'de> for Scope {
    type Error = Repeated;

    fn item(self) -> Result<impl ItemVisitor<'de>, Repeated> {
        Ok(Self)
    }

    fn inner_list(self) -> Result<impl InnerListVisitor<'de>, Repeated> {
        Ok(Self)
    }
}

impl<'de> InnerListVisitor<'de> for Scope {
    type Error = Repeated;

    fn item(&mut self) -> Result<impl ItemVisitor<'de>, Repeated> {
        Ok(Self)
    }

    fn finish(self) -> Result<impl ParameterVisitor<'de>, Repeated> {
        Ok(Keys::default())
    }
}

impl<'de> ItemVisitor<'de> for Scope {
    type Out = ();
    type Error = Repeated;

    fn bare_item(
        self,
        _: BareItemFromInput<'de>,
    ) -> Result<impl ParameterVisitor<'de, Out = ()>, Repeated> {
        Ok(Keys::default())
    }
}
