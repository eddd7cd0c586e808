-- Codes compare as bytes: padding and case are significant, and no locale has a say in it.
CREATE DOMAIN codigo_exacto AS text COLLATE "C";

-- Between -Infinity and Infinity, exclusive, also keeps NaN out: NaN sorts above Infinity.
CREATE DOMAIN decimal_finito AS numeric CHECK (VALUE > '-Infinity' AND VALUE < 'Infinity');
