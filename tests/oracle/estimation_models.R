# Reference values for regressions and rank tests, by R survey on its own data sets.
# Run: Rscript tests/oracle/estimation_models.R > tests/oracle/estimation_models.json
suppressMessages({library(survey); library(jsonlite)})
data(api); data(election)
srs <- svydesign(id=~1, fpc=~fpc, data=apisrs)
strat <- svydesign(id=~1, strata=~stype, weights=~pw, data=apistrat)
clus1 <- svydesign(id=~dnum, weights=~pw, fpc=~fpc, data=apiclus1)
cut4 <- function(x) cut(x, c(0,25,50,75,100), include.lowest=TRUE)
strat <- update(strat, mealcat=cut4(meals))
out <- list(meta=list(R=R.version.string, survey=as.character(packageVersion("survey"))))
put <- function(name, call, value) out[[name]] <<- c(list(call=call), value)
m <- function(f) list(coef=unname(coef(f)), se=unname(SE(f)))
for (link in c("logistic","probit"))
  put(paste0("olr_", link), paste0("svyolr(mealcat~avg.ed+mobility, strat, method='", link, "', control=list(reltol=1e-15, maxit=1000, ndeps=rep(1e-5, 5)))"),
      m(svyolr(mealcat~avg.ed+mobility, strat, method=link, control=list(reltol=1e-15, maxit=1000, ndeps=rep(1e-5, 5)))))
put("glm_poisson", "svyglm(api.stu~ell+meals, clus1, family=quasipoisson())", m(svyglm(api.stu~ell+meals, clus1, family=quasipoisson())))
put("glm_gamma", "svyglm(api00~ell+meals, clus1, family=Gamma())", m(svyglm(api00~ell+meals, clus1, family=Gamma())))
put("glm_probit", "svyglm(I(sch.wide=='Yes')~ell+meals, clus1, family=quasibinomial('probit'))", m(svyglm(I(sch.wide=='Yes')~ell+meals, clus1, family=quasibinomial("probit"))))
put("glm_cloglog", "svyglm(I(sch.wide=='Yes')~ell+meals, clus1, family=quasibinomial('cloglog'))", m(svyglm(I(sch.wide=='Yes')~ell+meals, clus1, family=quasibinomial("cloglog"))))
g <- svyglm(I(sch.wide=='Yes')~ell+meals+stype, strat, family=quasibinomial())
for (method in c("Wald","WorkingWald","LRT")) { r <- regTermTest(g, ~stype, method=method)
  put(paste0("term_", method), paste0("regTermTest(svyglm(I(sch.wide=='Yes')~ell+meals+stype, strat, family=quasibinomial()), ~stype, method='", method, "')"),
      list(statistic=as.numeric(if (method=="Wald") r$Ftest else r$chisq), p=as.numeric(r$p))) }
for (test in c("vanderWaerden","median")) { r <- svyranktest(api00~sch.wide, clus1, test=test)
  put(paste0("rank_", test), paste0("svyranktest(api00~sch.wide, clus1, test='", test, "')"), list(statistic=unname(r$statistic), p=unname(r$p.value), estimate=unname(r$estimate))) }
put("chisq_saddlepoint", "svychisq(~sch.wide+stype, srs, statistic='saddlepoint')", list(p=svychisq(~sch.wide+stype, srs, statistic="saddlepoint")$p.value[[1]]))
clus1 <- update(clus1, yes=as.numeric(sch.wide=='Yes'))
pm <- svypredmeans(svyglm(api00~ell+meals, clus1), ~yes, predictat=c(0, 1))
put("predmeans", "svypredmeans(svyglm(api00~ell+meals, clus1), ~yes, predictat=c(0, 1)) with yes=as.numeric(sch.wide=='Yes'); variance: the part of the coefficients", list(est=unname(coef(pm)), vcov=attr(attr(pm,"var"),"parts")[[1]]))
rt <- svyby(~api00, ~stype, svymean, design=clus1, covmat=TRUE)
ct <- svycontrast(rt, list(a=c(E=1,H=-1), b=c(E=1,H=-.5,M=-.5)))
put("contrast_by", "svycontrast(svyby(~api00, ~stype, clus1, svymean, covmat=TRUE), list(a=c(E=1,H=-1), b=c(E=1,H=-.5,M=-.5)))", list(est=unname(coef(ct)), vcov=vcov(ct)))
cat(toJSON(out, digits=NA, auto_unbox=TRUE, pretty=TRUE), "\n")
