-- When an answer that emptied the slice was last refused (SOSPECHOSO_VACIO), if none was accepted since. error_codigo cannot tell, because another failure replaces it, and the
-- next empty answer of a slice of few lines would be accepted.
ALTER TABLE ventas_tramos ADD COLUMN vacio_rechazado timestamptz;

UPDATE ventas_tramos SET vacio_rechazado = error_momento WHERE error_codigo = 'SOSPECHOSO_VACIO';
