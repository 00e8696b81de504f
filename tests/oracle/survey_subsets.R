# Models, tests and intervals among the respondents of a subset, by designs that keep the others
# with weight zero (calibrated) and designs that do not.
# Run from the repository's root: Rscript tests/oracle/survey_subsets.R
suppressMessages({library(survey); library(jsonlite)}); data(api); options(warn=-1)
clus1 <- svydesign(id=~dnum, weights=~pw, fpc=~fpc, data=apiclus1)
designs <- list(
  clus1 = clus1,
  strat = svydesign(id=~1, strata=~stype, weights=~pw, fpc=~fpc, data=apistrat),
  clus2 = svydesign(id=~dnum+snum, fpc=~fpc1+fpc2, data=apiclus2),
  post = postStratify(clus1, ~stype, data.frame(stype=c("E","H","M"), Freq=c(4421,755,1018))),
  jk1 = as.svrepdesign(clus1))
num <- function(v) unname(as.numeric(v))
test <- function(t) num(c(t$statistic, t$parameter, t$p.value))
out <- list(meta=list(R=R.version.string, survey=as.character(packageVersion("survey"))))
for (name in names(designs)) {
  d <- subset(designs[[name]], api99 > 560)
  g <- svyglm(api00~ell+meals, d)
  l <- svyglm(I(awards=="Yes")~ell+stype, d, family=quasibinomial())
  o <- list(
    "svyglm(api00~ell+meals, d): SE, df" = num(c(SE(g), g$df.residual)),
    "svyglm(I(awards=='Yes')~ell+stype, d, family=quasibinomial()): SE, df" = num(c(SE(l), l$df.residual)),
    "regTermTest(<the same>, ~stype, method='LRT'): p" = num(regTermTest(l, ~stype, method="LRT")$p),
    "svyttest(api00~sch.wide, d)" = test(svyttest(api00~sch.wide, d)),
    "svyquantile(~api00, d, c(.25,.5)): quantile, ci, se" = num(t(svyquantile(~api00, d, c(.25,.5))[[1]])),
    "svyciprop(~I(awards=='Yes'), d, method='beta')" = num(attr(svyciprop(~I(awards=="Yes"), d, method="beta"), "ci")),
    "svyvar(~api00, d): estimate, SE" = num(c(coef(svyvar(~api00, d))[1], SE(svyvar(~api00, d))[1])))
  # Replicate designs have no likelihood interval in R. In a subset of a calibrated design R counts
  # clusters and rows of the whole sample for svychisq and svyranktest: left out.
  if (name != "jk1")
    o[["svyciprop(~I(awards=='Yes'), d, method='likelihood')"]] <- num(attr(svyciprop(~I(awards=="Yes"), d, method="likelihood"), "ci"))
  if (name != "post") {
    o[["svychisq(~sch.wide+stype, d)"]] <- test(svychisq(~sch.wide+stype, d))
    o[["svychisq(~sch.wide+stype, d, statistic='adjWald')"]] <- test(svychisq(~sch.wide+stype, d, statistic="adjWald"))
    o[["svyranktest(api00~sch.wide, d)"]] <- test(svyranktest(api00~sch.wide, d))
    o[["svycontrast(svyby(~api00, ~stype, d, svymean, covmat=TRUE), c(E=1,H=-1)): SE"]] <- num(SE(svycontrast(svyby(~api00, ~stype, d, svymean, covmat=TRUE), c(E=1,H=-1))))
  }
  out[[name]] <- o
}
write(toJSON(out, digits=I(17), auto_unbox=TRUE, pretty=1), "tests/oracle/survey_subsets.json")
