"""Documents as document-management systems exchange them: edXML by QCVN 102:2016/BTTTT."""
