//! The contoso case from end to end: what was planted is found, the innocent are spared, the same bytes come out.
