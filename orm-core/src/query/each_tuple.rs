//! `each_tuple`: the tuples that columns of one class, and what is given for them, come in.

/// Calls a macro with tuples of 1 to 12: for each place of one a name of a type, that of a second type, and that of a value.
macro_rules! each_tuple {
    ($impls:ident) => {
        $impls! {
            A AX a;
            A AX a B BX b;
            A AX a B BX b C CX c;
            A AX a B BX b C CX c D DX d;
            A AX a B BX b C CX c D DX d F FX f;
            A AX a B BX b C CX c D DX d F FX f G GX g;
            A AX a B BX b C CX c D DX d F FX f G GX g H HX h;
            A AX a B BX b C CX c D DX d F FX f G GX g H HX h I IX i;
            A AX a B BX b C CX c D DX d F FX f G GX g H HX h I IX i J JX j;
            A AX a B BX b C CX c D DX d F FX f G GX g H HX h I IX i J JX j K KX k;
            A AX a B BX b C CX c D DX d F FX f G GX g H HX h I IX i J JX j K KX k L LX l;
            A AX a B BX b C CX c D DX d F FX f G GX g H HX h I IX i J JX j K KX k L LX l M MX m;
        }
    };
}

pub(crate) use each_tuple;
